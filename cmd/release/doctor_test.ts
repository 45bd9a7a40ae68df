import { deepEqual, equal, match } from "node:assert/strict";
import type { DoctorReport } from "../../engine/release/mod.ts";
import { type OldRecords, withOldRecords } from "../../tests/_lib/old_records.ts";

const manifest = (value: string): string =>
  `\n---\n# Source: web/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {value: "${value}"}`;

const INGRESS =
  "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: old}\nspec: {backend: {serviceName: a, servicePort: 80}}\n";

/** An object whose API has no successor. */
const POLICY = "apiVersion: policy/v1beta1\nkind: PodSecurityPolicy\nmetadata: {name: old}\nspec: {}\n";

/** A crd-install hook. */
const definition = (apiVersion: string) => ({
  name: "things.example.com",
  kind: "CustomResourceDefinition",
  path: "web/templates/crd.yaml",
  manifest: `apiVersion: ${apiVersion}\nkind: CustomResourceDefinition\nmetadata: {name: things.example.com}\n` +
    "spec: {group: example.com, version: v1, names: {kind: Thing, plural: things}}\n",
  events: ["crd-install" as const],
  weight: 0,
  deletePolicies: [],
  deleteTimeoutSeconds: 300,
});

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

Deno.test("doctor begins with the releases that are broken, and names them again at the end", () =>
  withOldRecords([
    { name: "apache", manifest: `${manifest("1")}\n---\n${POLICY}` },
    { name: "jenkins", manifest: manifest("1"), status: "FAILED" },
    { name: "web", manifest: manifest("1"), status: "FAILED" },
  ], async (stage) => {
    const { code, stdout } = await stage.skeg("doctor");
    equal(code, 1);
    const heads = [...stdout.matchAll(/^(\S+): (?:broken|warning|note) \(/gm)].map(([, name]) => name);
    deepEqual([...new Set(heads)], ["jenkins", "web", "apache"]);
    match(stdout, /\n\nBroken: jenkins, web\n3 releases examined .*\n$/);
    // The line says nothing new about one release.
    equal((await stage.skeg("doctor", "web")).stdout.includes("Broken: "), false);
  }, { live: live("1") }));

Deno.test("doctor proposes a repair that also ends what it says of objects without a successor", () =>
  withOldRecords([{ manifest: `${INGRESS}---\n${POLICY}` }], async (stage) => {
    const before = (await examined(stage)).report.findings.find(({ id }) => id === "O8");
    const { command = "", effect = "" } = before?.repairs[0] ?? {};
    match(command, /^helm repair map-apis web --skip-removed /);
    match(effect, /^rewrites the stored manifests, without 1 object that has no successor: /);
    const words = command.split(" ").slice(1).filter((word) => !/^(--sandbox=|--storage$|configmap$)/.test(word));
    equal((await stage.skeg(...words, "--yes")).code, 0);
    deepEqual((await examined(stage)).report.findings.filter(({ id }) => id === "O8"), []);
  }));

Deno.test("doctor says which documents of the hooks to create, and what has to be done first", () =>
  withOldRecords([{ manifest: manifest("1"), hooks: [definition("apiextensions.k8s.io/v1beta1")] }], async (stage) => {
    const { repairs = [] } = (await examined(stage)).report.findings.find(({ id }) => id === "O11") ?? {};
    deepEqual(repairs.length, 1);
    match(repairs[0]?.command ?? "", /^helm get hooks web --revision 1 /);
    match(
      repairs[0]?.effect ?? "",
      /Create only the definitions, such as those from web\/templates\/crd\.yaml, with kubectl/,
    );
    match(
      repairs[0]?.effect ?? "",
      /First run 'helm repair map-apis web --yes .*': the server does not have their API version/,
    );
  }, { live: live("1") }));

Deno.test("doctor asks for no mapping of definitions that the server has", () =>
  withOldRecords([{ manifest: manifest("1"), hooks: [definition("apiextensions.k8s.io/v1")] }], async (stage) => {
    const { repairs = [] } = (await examined(stage)).report.findings.find(({ id }) => id === "O11") ?? {};
    deepEqual([repairs.length, repairs[0]?.effect.includes("map-apis")], [1, false]);
  }, { live: live("1") }));
