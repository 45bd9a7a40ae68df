/**
 * Intended differences from Helm 2.17.0: every line of `differences.txt`, and
 * every quirk that `docs/differences.md` calls repaired, has a test that pins
 * skeg's behaviour.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../_lib/program.ts";

const ROOT = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

/** A test: its file and its name. */
type Pin = readonly [file: string, name: string];

const RELEASE = "engine/release";
const MISSING_ONCE: Pin = [
  "engine/kube/table_test.ts",
  "table() lists what is missing once, with the group before the version",
];
const HOOK_UPGRADE: Pin = [
  `${RELEASE}/upgrade_test.ts`,
  "upgrade() that fails in a hook is FAILED, and does not block the next one",
];
const HOOK_ROLLBACK: Pin = [
  `${RELEASE}/rollback_test.ts`,
  "rollback() that fails in a hook is FAILED, and the current revision stays",
];
const PURGE_KEEPS: Pin = [
  `${RELEASE}/uninstall_test.ts`,
  "uninstall() with purge keeps the records while something is left",
];
const REAL_ERROR: Pin = [
  `${RELEASE}/upgrade_test.ts`,
  "upgrade() with force gives the real error when deleting is not allowed",
];
const DEPLOYED_TOO: Pin = [
  `${RELEASE}/uninstall_test.ts`,
  "uninstall() after a failed upgrade deletes what the deployed revision has",
];
const COMMENTS: Pin = [`${RELEASE}/uninstall_test.ts`, "uninstall() takes a document of comments for no object"];
const V1_CRD: Pin = ["tests/e2e/hooks_test.ts", "a CRD of today's API version can be a crd-install hook"];
const UNKNOWN_HOOK: Pin = [
  "engine/chart/render/hooks_test.ts",
  "one unknown event discards the document, and both the log and a warning say so",
];
const WAS_DEPLOYED: Pin = [
  `${RELEASE}/uninstall_test.ts`,
  "uninstall() is DELETING while it works, and takes a description",
];
const AS_THEY_ARE: Pin = ["tests/parity/differences_test.ts", "messages with per cent signs are printed as they are"];

const OWN_FLAGS = "cmd/own_flags_test.ts";
const OWNERSHIP = "tests/e2e/ownership_test.ts";
const WHAT_WAS_DONE: Pin = [
  `${RELEASE}/upgrade_test.ts`,
  "upgrade() that fails tells what was recorded, and what was deployed before",
];
const STAYS_DEPLOYED: Pin = [
  `${RELEASE}/rollback_test.ts`,
  "rollback() that fails before it has changed anything leaves DEPLOYED what runs, and the next upgrade works",
];
const NAMES_ALL: Pin = [OWNERSHIP, "an install names everything that exists, creates nothing, and says whose it is"];
const SURVIVES: Pin = [OWNERSHIP, "an object of ${maker} survives: ${operation}"];
const OLD_CLUSTER = "tests/e2e/old_cluster_test.ts";

/** Tests by scenario. */
const SCENARIOS: Readonly<Record<string, readonly Pin[]>> = {
  "crd-install": [V1_CRD],
  "delete-failed": [MISSING_ONCE],
  "hook-fails-delete": [PURGE_KEEPS],
  "hook-fails-rollback": [HOOK_ROLLBACK],
  "hook-fails-upgrade": [HOOK_UPGRADE],
  "hooks-delete-policies": [HOOK_UPGRADE],
  "hooks-unknown": [UNKNOWN_HOOK],
  "install-already-exists": [NAMES_ALL, SURVIVES],
  "install-debug": [[
    "cmd/_lib/progress_test.ts",
    "progressOn() writes plain lines into a pipe with --debug, a wait once until it changes",
  ]],
  "install-empty": [COMMENTS],
  "install-output": [[
    "tests/parity/differences_test.ts",
    "an output format that does not exist is refused beforehand",
  ]],
  "install-required-value": [AS_THEY_ARE],
  "list-filters": [WAS_DEPLOYED],
  "pending-delete": [MISSING_ONCE, WAS_DEPLOYED],
  "pending-rollback": [REAL_ERROR, DEPLOYED_TOO],
  "resource-policy-keep": [NAMES_ALL],
  "status": [MISSING_ONCE],
  "upgrade-atomic": [WHAT_WAS_DONE],
  "upgrade-cleanup-on-fail": [WHAT_WAS_DONE],
  "upgrade-drift": [MISSING_ONCE],
  "upgrade-failed": [WHAT_WAS_DONE],
  "upgrade-force-immutable": [WHAT_WAS_DONE, STAYS_DEPLOYED],
  "upgrade-unmanaged": [WHAT_WAS_DONE, SURVIVES],
  "cluster-wide-objects": [WHAT_WAS_DONE],
  "custom-resources-changed": [WHAT_WAS_DONE],
  "descriptions-everywhere": [WHAT_WAS_DONE],
  "force-immutable-objects": [WHAT_WAS_DONE, STAYS_DEPLOYED],
  "list-corners": [WHAT_WAS_DONE],
  "upgrade-ingress-cronjob": [WHAT_WAS_DONE],
  "keep-changed-between": [WHAT_WAS_DONE, STAYS_DEPLOYED],
  "rollback-odd-targets": [WHAT_WAS_DONE, STAYS_DEPLOYED],
};

/** Tests by quirk, for quirks that are repaired, always or with a flag. */
const QUIRKS: Readonly<Record<string, readonly Pin[]>> = {
  Q1: [["storage/configmap_test.ts", "update() replaces CREATED_AT by MODIFIED_AT and keeps what others wrote"], [
    "tests/_lib/driver_suite.ts",
    "update() rejects with conflict when another client wrote since",
  ]],
  Q2: [["tests/_lib/driver_suite.ts", "create() of a revision that exists rejects with exists"]],
  Q3: [["tests/_lib/driver_suite.ts", 'a name may hold ".v"'], [
    "tests/_lib/driver_suite.ts",
    "query() that finds nothing rejects with not-found and the name",
  ]],
  Q5: [["storage/history_test.ts", "createRecord() removes nothing while nothing is deployed, and warns"]],
  Q6: [["cmd/release/release_commands_test.ts", "install --atomic leaves a release alone that was there before"]],
  Q7: [[`${RELEASE}/install_test.ts`, "install() refuses names in Helm's words"]],
  Q8: [[`${RELEASE}/install_test.ts`, "install() grants a name only when there is no record, not when storage fails"]],
  Q9: [[`${RELEASE}/install_test.ts`, "install() creates nothing when its record cannot be written"], [
    `${RELEASE}/install_test.ts`,
    "install() says which record could not be updated at the end",
  ]],
  Q10: [[
    `${RELEASE}/install_test.ts`,
    "install() does not take the name of a release in use, nor change its namespace",
  ]],
  Q13: [UNKNOWN_HOOK],
  Q14: [[
    "engine/chart/render/hooks_test.ts",
    "the delete timeout counts only with a policy; nonsense means not to wait",
  ]],
  Q16: [[OWN_FLAGS, "--allow-empty installs what has no objects, and its status is fine"]],
  Q17: [["engine/kube/client_test.ts", "delete() with a timeout looks at once whether all is gone"]],
  Q18: [V1_CRD],
  Q19: [["cmd/release/release_commands_test.ts", "upgrade --install installs what does not exist, with all its flags"]],
  Q20: [[OWN_FLAGS, "--conditions-from-stored-values keeps a subchart that stored values switch on"]],
  Q21: [[
    "cmd/release/release_commands_test.ts",
    "a failed upgrade says so on both streams; --atomic does not roll back what changed nothing",
  ], ["tests/e2e/wait_test.ts", "a failed upgrade tells where to go back to"]],
  Q22: [HOOK_UPGRADE, HOOK_ROLLBACK],
  Q24: [REAL_ERROR],
  Q25: [[`${RELEASE}/rollback_test.ts`, "rollback() finds again what a failed upgrade dropped from its manifest"]],
  Q26: [PURGE_KEEPS],
  Q27: [DEPLOYED_TOO, [
    `${RELEASE}/uninstall_test.ts`,
    "uninstall() of a failed revision leaves what belongs to another release",
  ]],
  Q29: [COMMENTS],
  Q34: [[OWN_FLAGS, "--show-resources shows what is left of a deleted release"]],
  Q35: [MISSING_ONCE],
  Q36: [[
    `${RELEASE}/run_tests_test.ts`,
    "runTests() runs a hook with both events once; the first decides what is expected",
  ], [OWN_FLAGS, "--as-hooks runs tests by weight"]],
  Q37: [AS_THEY_ARE],
  Q39: [[
    "engine/kube/client_test.ts",
    "create() finishes a run of one kind, starts no further one, and gives the first error of the list",
  ]],
  Q40: [[OWN_FLAGS, "--apply chooses whether what was changed in the cluster is repaired"]],
  Q42: [["engine/kube/update_test.ts", "update() with force deletes, waits until it is gone, and creates again"]],
  Q43: [["engine/kube/wait_test.ts", "a wait survives failures that pass, and ends at others"]],
  Q44: [[OWN_FLAGS, "--wait-strict waits until every pod is new and ready"]],
  Q45: [["engine/kube/strategic_patch_test.ts", "strategicMergePatch() treats fields it does not know plainly"]],
  Q47: [["engine/kube/update_test.ts", "update() warns of ports that it cannot tell apart"]],
  Q48: [WHAT_WAS_DONE],
  Q49: [NAMES_ALL, SURVIVES],
  Q50: [STAYS_DEPLOYED, [
    "engine/kube/update_test.ts",
    "update() that fails puts back what it changed, when that is asked for",
  ]],
  Q51: [[OLD_CLUSTER, "every release is taken over: status, rollback to itself, rollback, upgrade, purge"], [
    OLD_CLUSTER,
    "a chart that was not moved is refused before anything has changed, and --force deletes nothing",
  ]],
  Q52: [[`${RELEASE}/uninstall_test.ts`, "uninstall() that cannot build an object leaves the release DELETING"]],
  Q54: [[OWNERSHIP, "what a failed upgrade made is taken up by the next one, or removed, and goes with the release"]],
  Q55: [WAS_DEPLOYED],
  Q53: [[`${RELEASE}/upgrade_test.ts`, "upgrade() with force deletes nothing when the chart cannot be built"]],
};

/** Fails when the test does not exist. */
function checkPin([file, name]: Pin): void {
  ok(existsSync(new URL(file, ROOT)), `${file} is not there`);
  ok(text(file).includes(name), `${file} has no test "${name}"`);
}

const lines = text("tests/parity/differences.txt").trim().split("\n").map((line) =>
  line.split("|").map((part) => part.trim())
);

Deno.test("every declared difference names a scenario, a quirk and what differs, and is pinned by a test", () => {
  deepEqual(lines.map(([scenario]) => scenario).toSorted(), Object.keys(SCENARIOS).toSorted());
  const documented = text("docs/differences.md");
  for (const [scenario = "", quirks = "", what = ""] of lines) {
    ok(what.length > 20, scenario);
    for (const pin of SCENARIOS[scenario] ?? []) checkPin(pin);
    if (quirks === "–") continue;
    for (const quirk of quirks.split(", ")) match(documented, new RegExp(`^\\| ${quirk} \\|`, "m"), scenario);
  }
});

Deno.test("every quirk that is repaired is pinned by a test, and only those are listed", () => {
  const documented = [...text("docs/differences.md").matchAll(/^\| (Q\d+) \|/gm)].map(([, quirk]) => quirk);
  deepEqual([...new Set(documented)].toSorted(), Object.keys(QUIRKS).toSorted());
  for (const pins of Object.values(QUIRKS)) pins.forEach(checkPin);
});

async function withChart(template: string, use: (chart: string, sandbox: string) => Promise<void>): Promise<void> {
  const home = Deno.makeTempDirSync({ prefix: "skeg-differences-" });
  try {
    Deno.mkdirSync(join(home, "site/templates"), { recursive: true });
    Deno.writeTextFileSync(join(home, "site/Chart.yaml"), "{name: site, version: 0.1.0}\n");
    Deno.writeTextFileSync(join(home, "site/templates/a.yaml"), template);
    await use(join(home, "site"), `--sandbox=${join(home, "state.db")}`);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

Deno.test("an output format that does not exist is refused beforehand", () =>
  withChart("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n", async (chart, sandbox) => {
    const refused = await program(["install", chart, "--name", "web", "-o", "bogus", sandbox]);
    equal(refused.code, 1);
    match(refused.stderr, /bogus/);
    equal((await program(["list", "--all", sandbox])).stdout, "");
  }));

Deno.test("messages with per cent signs are printed as they are", () =>
  withChart('{{ fail "50% of it: 100%d" }}\n', async (chart, sandbox) => {
    const { code, stderr } = await program(["install", chart, "--name", "web", sandbox]);
    equal(code, 1);
    ok(stderr.includes("50% of it: 100%d"), stderr);
  }));
