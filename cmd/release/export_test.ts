import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArchive } from "../../engine/release/mod.ts";
import { withOldRecords } from "../../tests/_lib/old_records.ts";

const RECORDS = [
  { status: "SUPERSEDED" as const, config: { raw: "password: canary-1\n" } },
  { revision: 2, config: { raw: "password: canary-2\n" } },
  { name: "db" },
];

Deno.test("export saves releases to a new file that only the user can read, and import passes over what is there", () =>
  withOldRecords(RECORDS, async ({ skeg, folder, object }) => {
    const file = join(folder, "all.tar.gz");
    const saved = await skeg("export", "--file", file);
    equal(saved.code, 0, saved.stderr);
    equal(saved.stdout, `db  1 record  DEPLOYED\nweb  2 records  DEPLOYED\nSaved 3 records of 2 releases to ${file}\n`);
    match(saved.stderr, /^The archive contains secrets: .*keep it private\.$/m);
    if (Deno.build.os !== "windows") equal(statSync(file).mode & 0o777, 0o600);
    const { records, storage } = await openArchive(new Uint8Array(readFileSync(file)));
    deepEqual(storage, { kind: "ConfigMap", namespace: "kube-system" });
    const live = await object("web.v2");
    deepEqual(records.find(({ metadata }) => metadata?.name === "web.v2")?.data, live["data"]);
    const twice = await skeg("export", "--file", file);
    deepEqual([twice.code, twice.stderr.split("\n")[0]], [1, `Error: ${file} exists`]);
    const same = await skeg("import", file);
    equal(same.code, 0, same.stderr);
    match(same.stdout, /^web\.v2 {2}DEPLOYED {4}is there already$/m);
    match(same.stdout, /^Created 0 of 3 records$/m);
  }));

Deno.test("import creates the releases of an archive in another storage, under another name", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const file = join(folder, "web.tar.gz");
    equal((await skeg("export", "web", "-f", file, "-o", "json")).code, 0);
    const target = ["--storage", "secret", "--tiller-namespace", "tiller"];
    const planned = await skeg("import", file, "--dry-run", "--rename", "web=shop", ...target);
    match(planned.stdout, /^shop\.v1 {2}SUPERSEDED {2}would be created$/m);
    match(planned.stderr, /^This was a dry run: nothing was written\.$/m);
    const made = await skeg("import", file, "--rename", "web=shop", ...target, "-o", "json");
    equal(made.code, 0, made.stderr);
    const { apiVersion, kind, performed, records } = JSON.parse(made.stdout);
    deepEqual([apiVersion, kind, performed], ["skeg.dev/v1", "Import", true]);
    deepEqual(records[1], { key: "shop.v2", release: "shop", status: "DEPLOYED", state: "create" });
    match((await skeg("history", "shop", ...target)).stdout, /^2 .*DEPLOYED/m);
  }));

Deno.test("export --redact leaves no value in the file, and import refuses it", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const file = join(folder, "r.tar.gz");
    const saved = await skeg("export", "--redact", "--charts", "--objects", "--file", file);
    equal(saved.code, 0, saved.stderr);
    const { records, files } = await openArchive(new Uint8Array(readFileSync(file)));
    ok(!/canary/.test(JSON.stringify([records, files.map(({ data }) => new TextDecoder().decode(data))])));
    const refused = await skeg("import", file);
    equal(refused.code, 1);
    match(refused.stderr, /^Error: the archive was made with --redact/);
  }));

Deno.test("export and import name what is missing or wrong", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const first = async (...argv: string[]) => {
      const { code, stderr } = await skeg(...argv);
      return [code, stderr.split("\n")[0]];
    };
    deepEqual(await first("export", "none"), [1, 'Error: release: "none" not found']);
    deepEqual(await first("export", "--tiller-namespace", "x"), [1, "Error: there are no releases to export"]);
    deepEqual(await first("import"), [1, "Error: This command needs an argument: archive"]);
    const file = join(folder, "no.tar.gz");
    match(String((await first("import", file))[1]), /^Error: open .*no such file/);
    writeFileSync(file, "no archive");
    match(String((await first("import", file))[1]), /^Error: the archive is damaged or of another kind/);
    for (const word of ["a", "a=", "=b", "a=b=c"]) {
      deepEqual(await first("import", file, "--rename", word), [
        1,
        `Error: invalid argument "${word}" for "--rename": use OLD=NEW`,
      ]);
    }
    deepEqual(await first("import", file, "--rename", "a=c", "--rename", "b=c"), [
      1,
      'Error: two releases cannot both be renamed to "c"',
    ]);
  }));
