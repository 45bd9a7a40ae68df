/**
 * The commands read every record that a real Tiller wrote, and print the same as
 * Helm 2.17.0.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { decodeRecord } from "../../storage/mod.ts";
import { program } from "../_lib/program.ts";

const RECORDS = new URL("../../testdata/records/", import.meta.url);
const read = (folder: string, file: string): string => readFileSync(new URL(`${folder}/${file}`, RECORDS), "utf8");

const folders = readdirSync(RECORDS, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) =>
  name
);

/** Runs commands on a cluster that holds the records of one folder. */
async function withRecords(
  folder: string,
  use: (skeg: (...argv: string[]) => Promise<string>) => Promise<void>,
): Promise<void> {
  const home = Deno.makeTempDirSync({ prefix: "skeg-records-" });
  const file = join(home, "state.db");
  try {
    const sandbox = await openSandbox({ file });
    for (const name of readdirSync(new URL(`${folder}/`, RECORDS)).filter((one) => /\.v\d+\.json$/.test(one))) {
      const { metadata, ...object } = JSON.parse(read(folder, name)) as KubeObject;
      const body = JSON.stringify({ ...object, metadata: { name: metadata?.name, labels: metadata?.labels } });
      const path = `/api/v1/namespaces/${metadata?.namespace}/configmaps`;
      const answer = await sandbox.transport({ method: "POST", path, body });
      equal(answer.status, 201, await answer.text());
    }
    await sandbox.close();
    await use(async (...argv) => {
      const { code, stdout, stderr } = await program([...argv, `--sandbox=${file}`], {
        variables: { HOME: home, HELM_HOME: home, TZ: "UTC" },
      });
      equal(code, 0, `${argv.join(" ")}: ${stderr}`);
      return stdout;
    });
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

Deno.test("there are records of all stories", () => equal(folders.length, 28));

for (const folder of folders) {
  const files = readdirSync(new URL(`${folder}/`, RECORDS));
  const revisions = files.flatMap((file) => {
    const found = /^(.+)\.v(\d+)\.json$/.exec(file);
    return found === null ? [] : [{ name: found[1] ?? "", revision: found[2] ?? "", file }];
  });

  Deno.test(`${folder}: get prints what Helm printed for every revision`, () =>
    withRecords(folder, async (skeg) => {
      ok(revisions.length > 0);
      for (const { name, revision, file } of revisions) {
        const printed = file.replace(/json$/, "get.txt");
        // The output for the large release is not stored here; its parts are checked instead.
        if (files.includes(printed)) {
          equal(await skeg("get", name, "--revision", revision), read(folder, printed), file);
        } else ok((await skeg("get", "manifest", name, "--revision", revision)).length > 1000);
      }
    }));

  Deno.test(`${folder}: history prints what Helm printed`, () =>
    withRecords(folder, async (skeg) => {
      for (const file of files.filter((one) => one.endsWith(".history.json"))) {
        const name = file.replace(".history.json", "");
        const known = new Set(revisions.filter((one) => one.name === name).map(({ revision }) => Number(revision)));
        const recorded = (JSON.parse(read(folder, file)) as { revision: number }[])
          .filter(({ revision }) => known.has(revision));
        const printed = await skeg("history", name, "--output", "json");
        deepEqual(JSON.parse(printed), recorded, file);
        if (recorded.length === known.size && JSON.parse(read(folder, file)).length === known.size) {
          equal(printed.trim(), read(folder, file).trim(), file);
        }
      }
    }));

  Deno.test(`${folder}: status tells of every revision what its record says`, () =>
    withRecords(folder, async (skeg) => {
      for (const { name, revision, file } of revisions) {
        const release = decodeRecord(JSON.parse(read(folder, file)).data.release);
        const { info } = release;
        const text = await skeg("status", name, "--revision", revision);
        ok(text.includes(`\nNAMESPACE: ${release.namespace}\nSTATUS: ${info.status.code}\n`), text);
        const seconds = info.lastDeployed?.seconds ?? 0;
        const date = new Date(seconds * 1000).toUTCString(); // Wed, 05 Nov 2026 10:00:00 GMT
        ok(text.startsWith("LAST DEPLOYED: ") && text.includes(date.slice(17, 25)), text);
        equal(text.includes("NOTES:\n"), info.status.notes !== "", file);
        if (info.status.notes !== "") ok(text.includes(info.status.notes.trimEnd()), file);
        const runs = info.status.lastTestSuiteRun?.results ?? [];
        for (const run of runs) ok(new RegExp(`^${run.name} *\t${run.status}`, "m").test(text), text);
        const document = JSON.parse(await skeg("status", name, "--revision", revision, "--output", "json"));
        equal(document.name, name);
        equal(document.info.Description, info.description);
      }
    }));
}
