import { deepEqual, equal, match } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withOldRecords } from "../../tests/_lib/old_records.ts";

const RECORDS = [
  { status: "SUPERSEDED" as const },
  { revision: 2 },
  { name: "held", status: "PENDING_UPGRADE" as const },
];

Deno.test("migrate helm3 shows the plan, performs it with --yes, and goes back", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const archive = join(folder, "archives");
    const plan = await skeg("migrate", "helm3", "web");
    equal(plan.code, 0, plan.stderr);
    match(
      plan.stdout,
      /^web {2}site-0\.1\.0 {2}in namespace "default"\n {2}records {2}2 revisions, newest sh\.helm\.release\.v1\.web\.v2 deployed/,
    );
    match(plan.stderr, /nothing was written.*--yes/);
    const done = await skeg("migrate", "helm3", "web", "--yes", "--archive", archive);
    equal(done.code, 0, done.stderr);
    match(
      done.stdout,
      / {2}done {5}2 records written, 0 objects adopted\n {2}archive {2}.*web-.*-helm3\.tar\.gz\n {2}verified\n/,
    );
    equal(readdirSync(archive).length, 1);
    match(
      (await skeg("migrate", "helm3", "verify", "--all")).stdout,
      /^web {2}in order {2}in namespace "default", Helm 3's newest revision is 2, deployed$/m,
    );
    match((await skeg("migrate", "helm3", "web", "--yes")).stdout, /it was migrated before; nothing was written/);
    const refused = await skeg("rollback", "web", "1");
    equal(refused.code, 1);
    match(
      refused.stderr,
      /^Error: release "web" was migrated to Helm 3 in namespace "default"\n.*migrate helm3 back web.*--ignore-helm3/,
    );
    const back = await skeg("migrate", "helm3", "back", "web", "--yes", "--archive", archive);
    equal(back.code, 0, back.stderr);
    match(
      back.stdout,
      /^web {2}is Helm 2's again[^\n]*\n {2}marks {4}0 live objects\n {2}remove {3}2 records of Helm 3$/m,
    );
    const gone = await skeg("migrate", "helm3", "verify", "web");
    deepEqual([gone.code, gone.stderr.split("\n")[0]], [1, 'Error: release "web" was not migrated: it has no journal']);
  }));

Deno.test("migrate helm3 performs a saved plan, exactly that, and keeps its archive beside it", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const file = join(folder, "plans", "plan.json");
    Deno.mkdirSync(join(folder, "plans"));
    const all = await skeg("migrate", "helm3", "--all", "--plan-out", file);
    equal(all.code, 1, all.stderr);
    match(all.stdout, /^web\s+default\s+2\s.*can be migrated/m);
    match(all.stdout, /^held\s.*blocked: held\.v1 is PENDING_UPGRADE/m);
    match(all.stdout, /^2 releases: 1 blocked, 1 can be migrated$/m);
    match(all.stderr, /^held is blocked\. Run '\w+ repair settle held/m);
    equal(readFileSync(file, "utf8").includes("kind: ConfigMap"), false);
    const done = await skeg("migrate", "helm3", "--apply", file, "-o", "json");
    equal(done.code, 1, done.stderr);
    const { kind, performed, releases } = JSON.parse(done.stdout);
    deepEqual([kind, performed], ["Helm3Migration", true]);
    deepEqual(releases.map((one: { release: string; outcome: string }) => `${one.release} ${one.outcome}`), [
      "web done",
      "held blocked",
    ]);
    deepEqual(readdirSync(join(folder, "plans")).length, 2);
  }));

Deno.test("migrate helm3 finish removes records that are archived, and back takes them from the archive", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    const archive = join(folder, "archives");
    equal((await skeg("migrate", "helm3", "web", "--yes", "--archive", archive)).code, 0);
    match(
      (await skeg("migrate", "helm3", "finish", "web")).stdout,
      /^web {2}2 records of Helm 2 can be removed {2}archive /,
    );
    match(
      (await skeg("migrate", "helm3", "finish", "web", "--yes")).stdout,
      /^web {2}2 records of Helm 2 removed {2}archive /,
    );
    equal((await skeg("history", "web")).code, 1);
    const back = await skeg("migrate", "helm3", "back", "web", "--yes", "--archive", archive);
    match(back.stdout, /^ {2}restore {2}web\.v1, web\.v2$/m);
    match((await skeg("history", "web")).stdout, /^2 .*DEPLOYED/m);
  }));

Deno.test("migrate helm3 --print-role prints roles alone", () =>
  withOldRecords(RECORDS, async ({ skeg }) => {
    const { code, stdout } = await skeg("migrate", "helm3", "web", "--print-role");
    equal(code, 0);
    match(stdout, /^---\napiVersion: rbac\.authorization\.k8s\.io\/v1\nkind: ClusterRole\n/);
    match(stdout, /kind: Role\nmetadata:\n {2}name: skeg-migrate-helm3\n {2}namespace: default\n/);
  }));

Deno.test("migrate helm3 takes releases that have the name of a command behind --", () =>
  withOldRecords([{ name: "back" }, { name: "verify" }], async ({ skeg, folder }) => {
    const bare = await skeg("migrate", "helm3", "back");
    equal(bare.code, 1);
    match(
      bare.stderr,
      /^Error: This command needs the names of releases, or --all\nA release of the name back is named behind --/,
    );
    match(bare.stderr, /'helm migrate helm3 --sandbox=\S+ --storage configmap -- back'/);
    match((await skeg("migrate", "helm3", "--no-predict", "--", "back")).stdout, /^back {2}site-0\.1\.0/);
    match(
      (await skeg("migrate", "helm3", "verify", "verify")).stderr,
      /'helm migrate helm3 --sandbox=\S+ --storage configmap -- verify' shows/,
    );
    // The flag before `--` takes no value.
    const done = await skeg("migrate", "helm3", "--archive", folder, "--yes", "--", "back", "verify");
    equal(done.code, 0, done.stderr);
    match(
      (await skeg("migrate", "helm3", "verify", "back", "verify")).stdout,
      /^back {2}in order[^]*^verify {2}in order/m,
    );
    equal((await skeg("migrate", "helm3", "back", "back", "--yes", "--archive", folder)).code, 0);
    equal((await skeg("migrate", "helm3", "finish", "verify", "--yes")).code, 0);
  }));

Deno.test("migrate helm3 names what is missing or wrong", () =>
  withOldRecords(RECORDS, async ({ skeg }) => {
    const first = async (...argv: string[]) => {
      const { code, stderr } = await skeg("migrate", "helm3", ...argv);
      return [code, stderr.split("\n")[0]];
    };
    const needs = "Error: This command needs the names of releases, or --all";
    deepEqual(await first(), [1, needs]);
    deepEqual(await first("web", "--all"), [1, "Error: --all means all releases: give either --all or names"]);
    deepEqual(await first("verify"), [1, needs]);
    deepEqual(await first("back"), [1, needs]);
    deepEqual(await first("finish"), [1, needs]);
    deepEqual(await first("none"), [1, 'Error: release: "none" not found']);
    deepEqual(await first("web", "--to", "etcd"), [1, 'Error: unknown storage "etcd" for --to']);
    deepEqual(await first("web", "--to", "sql"), [1, "Error: Helm 3's database is missing"]);
    deepEqual(await first("web", "--plan", "--yes"), [1, "Error: --plan cannot be used with --yes or --apply"]);
    deepEqual(await first("web", "--selector", "a=b"), [
      1,
      "Error: --selector and --namespace-filter choose among all releases: use them with --all",
    ]);
    deepEqual(await first("held", "--yes"), [1, "Error: held.v1 is PENDING_UPGRADE"]);
    deepEqual(await first("held"), [2, ""]);
    match(
      (await skeg("migrate", "helm3", "held")).stdout,
      /^ {2}blocked {2}held\.v1 is PENDING_UPGRADE\. Run '\w+ repair settle held/m,
    );
  }));

Deno.test("migrate helm3 --yes with a mistyped name or subcommand writes nothing, and names the subcommand", () =>
  withOldRecords(RECORDS, async ({ skeg }) => {
    const { code, stderr } = await skeg("migrate", "helm3", "bak", "web", "--yes");
    equal(code, 1);
    match(
      stderr,
      /^Error: release: "bak" not found; nothing was written\nThere is no release bak\. Did you mean the command '\w+ migrate helm3 back/,
    );
    match((await skeg("migrate", "helm3", "verify", "web")).stderr, /was not migrated/);
    match((await skeg("migrate", "helm3", "verfy")).stderr, /Did you mean the command '\w+ migrate helm3 verify/);
  }));

Deno.test("migrate helm3 says that no release fits the filters, and previews of nothing promise nothing", () =>
  withOldRecords(RECORDS, async ({ skeg }) => {
    const none = await skeg("migrate", "helm3", "--all", "--namespace-filter", "nowhere");
    deepEqual([none.code, none.stdout], [0, "No releases\n"]);
    match(none.stderr, /^No release fits --selector and --namespace-filter\. 'skeg list --all' shows/m);
    for (const command of ["back", "finish"]) {
      const { code, stdout, stderr } = await skeg("migrate", "helm3", command, "--all");
      deepEqual([code, stdout, stderr], [0, "No release was migrated\n", ""]);
    }
  }));

Deno.test("migrate helm3 of a finished release says where it is, and a plan's file names the command that makes one", () =>
  withOldRecords(RECORDS, async ({ skeg, folder }) => {
    equal((await skeg("migrate", "helm3", "web", "--yes", "--archive", join(folder, "archives"))).code, 0);
    equal((await skeg("migrate", "helm3", "finish", "web", "--yes")).code, 0);
    const { code, stderr } = await skeg("migrate", "helm3", "web");
    equal(code, 1);
    match(
      stderr,
      /^Error: release: "web" not found\nIts migration to Helm 3 is finished: .*'\w+ migrate helm3 back web.*' gives/,
    );
    const file = await skeg("migrate", "helm3", "--apply", join(folder, "none.json"));
    match(file.stderr, /'\w+ migrate helm3 --all --plan-out FILE/);
  }));
