import { deepEqual, equal, match } from "node:assert/strict";
import type { DoctorReport } from "../../engine/release/mod.ts";
import { type OldRecords, withOldRecords } from "../../tests/_lib/old_records.ts";

const manifest = (value: string): string =>
  `\n---\n# Source: web/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: "${value}"}`;

const live = (value: string) => ({
  "/api/v1/namespaces/default/configmaps": {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "a" },
    data: { value },
  },
});

/** An upgrade that was interrupted after it had changed the object. */
function interrupted(use: (stage: OldRecords) => Promise<void>): Promise<void> {
  return withOldRecords(
    [
      { manifest: manifest("1") },
      { manifest: manifest("2"), revision: 2, status: "PENDING_UPGRADE", info: { description: "Preparing upgrade" } },
    ],
    use,
    { live: live("2") },
  );
}

async function examined(stage: OldRecords, ...argv: string[]): Promise<{ code: number; report: DoctorReport }> {
  const { code, stdout } = await stage.skeg("doctor", "--older-than", "0s", "-o", "json", ...argv);
  return { code, report: JSON.parse(stdout) };
}

Deno.test("doctor finds nothing on a healthy release, and exits with 0", () =>
  withOldRecords([{ manifest: manifest("1") }], async (stage) => {
    const { code, stdout, stderr } = await stage.skeg("doctor");
    deepEqual([code, stderr], [0, ""]);
    equal(stdout, "1 release examined (1 record in configmap storage of namespace kube-system): nothing found\n");
  }, { live: live("1") }));

Deno.test("doctor prints a finding with evidence, consequence and repairs, and exits with 1", () =>
  interrupted(async (stage) => {
    const { code, stdout } = await stage.skeg("doctor", "web", "--older-than", "0s");
    equal(code, 1);
    const lines = stdout.split("\n");
    equal(
      lines[0],
      "web: broken (R2): the upgrade was interrupted: revision 2 is PENDING_UPGRADE, and revision 1 is DEPLOYED",
    );
    match(stdout, /^ {2}record web\.v2: PENDING_UPGRADE, written \d+s ago \(.*Z\): Preparing upgrade$/m);
    match(stdout, /^ {2}live objects: 1 object tells: 1 as in revision 2$/m);
    match(stdout, /^ {2}Consequence: Tiller refuses every upgrade: another operation is in progress$/m);
    // The command lines carry the flags that chose the cluster.
    match(stdout, /^ {2}(Repair|Or): helm rollback web 1 --sandbox=\S+ --storage configmap {2}\(/m);
    match(stdout, /: 1 broken\n$/);
  }));

Deno.test("doctor -o json has the same, for one release and for all", () =>
  interrupted(async (stage) => {
    const { code, report } = await examined(stage);
    equal(code, 1);
    const { schema, server, deep, places, releases, findings, unseen, result } = report;
    deepEqual({ schema, server, deep, places, releases, unseen, result }, {
      schema: 1,
      server: "sandbox",
      deep: false,
      places: [{ storage: "configmap", namespace: "kube-system", configured: true, releases: 1, revisions: 2 }],
      releases: 1,
      unseen: [],
      result: "broken",
    });
    deepEqual(
      findings.map(({ id, name, severity, release, revision }) => ({ id, name, severity, release, revision })),
      [{ id: "R2", name: "pending-upgrade", severity: "broken", release: "web", revision: 2 }],
    );
    deepEqual((await examined(stage, "web")).report.findings.map(({ id }) => id), ["R2"]);
  }));

Deno.test("doctor takes a pending operation that began a short time ago for a running one", () =>
  interrupted(async (stage) => {
    const { code, stdout } = await stage.skeg("doctor");
    equal(code, 0);
    match(stdout, /^web: note \(R2\): an upgrade to revision 2 is running, or was interrupted a short time ago$/m);
  }));

Deno.test("doctor refuses unknown releases and more than one name", () =>
  interrupted(async (stage) => {
    const unknown = await stage.skeg("doctor", "other");
    equal(unknown.code, 1);
    match(unknown.stderr, /^Error: release: "other" not found$/m);
    const many = await stage.skeg("doctor", "web", "other");
    equal(many.code, 1);
    match(many.stderr, /^Error: doctor takes one release name, or none$/m);
  }));

Deno.test("doctor --kubernetes wants a version", () =>
  withOldRecords([{ manifest: manifest("1") }], async (stage) => {
    const { code, stdout, stderr } = await stage.skeg("doctor", "--kubernetes", "newest");
    deepEqual([code, stdout], [1, ""]);
    match(stderr, /^Error: "newest" is not a version of Kubernetes\n/);
  }, { live: live("1") }));
