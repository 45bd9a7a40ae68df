import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openArchive } from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { decodeYaml } from "../../mod.ts";
import { type OldRecords, send, withOldRecords } from "../../tests/_lib/old_records.ts";

/** One document as it stands in a manifest that a release records. */
const inManifest = (...documents: string[]): string =>
  documents.map((text) => `\n---\n# Source: web/templates/a.yaml\n${text}`).join("");

const DEPLOYMENT = `apiVersion: extensions/v1beta1
kind: Deployment
metadata:
  name: web # the one that serves
spec:
  template:
    metadata:
      labels: {app: web, chart: web-2.0}
    spec:
      containers: [{name: web, image: nginx:1.13}]`;

const LIVE: KubeObject = {
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web" },
  spec: {
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web", chart: "web-1.0" } },
      spec: { containers: [{ name: "web", image: "nginx:1.13" }] },
    },
  },
};
const LIVE_PATH = "/apis/apps/v1/namespaces/default/deployments";

const ROLE = `apiVersion: rbac.authorization.k8s.io/v1beta1
kind: Role
metadata: {name: web}`;

const POLICY = `apiVersion: policy/v1beta1
kind: PodSecurityPolicy
metadata: {name: web}
spec: {}`;

/** Data and labels: what an undo restores. */
async function content(stage: OldRecords, key: string): Promise<unknown> {
  const { metadata, data } = await stage.object(key);
  return { labels: metadata?.labels, data };
}

/** The only backup in HELM_HOME. */
function backupIn({ folder }: OldRecords): string {
  const root = join(folder, "home", "backups");
  const [cluster = ""] = readdirSync(root);
  const [file = "", ...more] = readdirSync(join(root, cluster));
  deepEqual(more, []);
  return join(root, cluster, file);
}

Deno.test("repair map-apis shows what it would write, and writes nothing without --yes", () =>
  withOldRecords([{ manifest: inManifest(DEPLOYMENT, ROLE) }], async (stage) => {
    const before = await stage.object("web.v1");
    const { code, stdout, stderr } = await stage.skeg("repair", "map-apis", "web");
    equal(code, 0, stderr);
    const [deployment = "", role = "", summary] = stdout.split("\n");
    match(
      deployment,
      /^web\.v1 {2}Deployment "web" {2}extensions\/v1beta1 -> apps\/v1 {2}\(spec\.selector: .*live object/,
    );
    equal(role, 'web.v1  Role "web"  rbac.authorization.k8s.io/v1beta1 -> rbac.authorization.k8s.io/v1');
    equal(summary, "web: would change 2 objects in 1 of 1 record");
    match(stderr, /preview.*--yes/);
    deepEqual(await stage.object("web.v1"), before);
    deepEqual(readdirSync(stage.folder).filter((name) => name === "home"), []);
  }, { live: { [LIVE_PATH]: LIVE } }));

Deno.test("repair map-apis --yes writes the manifest and nothing else, after a backup that only the user can read", () =>
  withOldRecords([
    { manifest: inManifest(DEPLOYMENT, ROLE), status: "SUPERSEDED", config: { raw: "a: 1\n" } },
    { manifest: inManifest(ROLE), revision: 2 },
  ], async (stage) => {
    const before = await stage.release("web.v1");
    const objects = [await stage.object("web.v1"), await stage.object("web.v2")];
    const { code, stdout, stderr } = await stage.skeg("repair", "map-apis", "web", "--revision", "1", "--yes");
    equal(code, 0, stderr);
    match(stdout, /^web: changed 2 objects in 1 of 2 records$/m);
    const after = await stage.release("web.v1");
    equal(
      after.manifest,
      inManifest(
        `# was extensions/v1beta1
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
        chart: web-2.0
    spec:
      containers:
      - image: nginx:1.13
        name: web`,
        "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: web}",
      ),
    );
    deepEqual(structuredClone({ ...after, manifest: "" }), structuredClone({ ...before, manifest: "" }));
    const [first, second] = objects;
    const now = await stage.object("web.v1");
    deepEqual(now.metadata?.labels, first?.metadata?.labels);
    deepEqual(await stage.object("web.v2"), second);
    const backup = backupIn(stage);
    ok(stdout.includes(backup));
    if (Deno.build.os !== "windows") {
      equal(statSync(backup).mode & 0o777, 0o600);
      equal(statSync(join(backup, "..")).mode & 0o777, 0o700);
    }
    const archive = await openArchive(new Uint8Array(readFileSync(backup)));
    deepEqual(archive.records, objects);
    deepEqual(archive.repair?.writes.map(({ key }) => key), ["web.v1"]);
    const again = await stage.skeg("repair", "map-apis", "web", "--revision", "1", "--yes");
    deepEqual([again.code, again.stdout], [0, "web: nothing to write in 2 records\n"]);
  }, { live: { [LIVE_PATH]: LIVE } }));

Deno.test("repair map-apis writes the defaults of the old version for an object that is not live: its text can only create it", () =>
  withOldRecords([{ manifest: inManifest(DEPLOYMENT) }], async (stage) => {
    equal((await stage.skeg("repair", "map-apis", "web", "--yes")).code, 0);
    const { spec } = decodeYaml((await stage.release("web.v1")).manifest) as KubeObject & {
      spec: Record<string, unknown>;
    };
    deepEqual(structuredClone(spec.selector), { matchLabels: { app: "web", chart: "web-2.0" } });
    deepEqual(structuredClone(spec.strategy), { rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } });
  }));

Deno.test("repair map-apis keeps an object without successor, and --skip-removed takes it out", () =>
  withOldRecords([{ manifest: inManifest(POLICY, ROLE, POLICY) }], async (stage) => {
    const kept = await stage.skeg("repair", "map-apis", "web", "--yes");
    equal(kept.code, 0, kept.stderr);
    match(kept.stdout, /^web\.v1 {2}PodSecurityPolicy "web" {2}policy\/v1beta1 has no successor/m);
    const role = ROLE.replace("v1beta1", "v1");
    equal((await stage.release("web.v1")).manifest, inManifest(POLICY, role, POLICY));
    const left = await stage.skeg("repair", "map-apis", "web", "--skip-removed", "--yes");
    equal(left.code, 0, left.stderr);
    match(left.stdout, /PodSecurityPolicy "web" {2}policy\/v1beta1 -> left out/);
    equal((await stage.release("web.v1")).manifest.trimEnd(), inManifest(role));
  }));

Deno.test("repair map-apis maps hooks, and one that is left out is gone", () => {
  const hook = (name: string, manifest: string, kind: string) => ({
    name,
    kind,
    path: `web/templates/${name}.yaml`,
    manifest,
    events: ["pre-install" as const],
    weight: 3,
    deletePolicies: ["before-hook-creation" as const],
    deleteTimeoutSeconds: 0,
  });
  const hooks = [hook("role", ROLE, "Role"), hook("policy", POLICY, "PodSecurityPolicy")];
  return withOldRecords([{ hooks }], async (stage) => {
    const { code, stdout } = await stage.skeg("repair", "map-apis", "web", "--skip-removed", "--yes");
    equal(code, 0);
    match(stdout, /^web\.v1 {2}hook Role "web" {2}rbac/m);
    const [role] = hooks;
    deepEqual(structuredClone((await stage.release("web.v1")).hooks), [
      { ...role, manifest: ROLE.replace("v1beta1", "v1") },
    ]);
  });
});

Deno.test("repair map-apis says what it does as JSON", () =>
  withOldRecords([{ manifest: inManifest(ROLE, POLICY) }], async (stage) => {
    const { code, stdout } = await stage.skeg("repair", "map-apis", "web", "-o", "json", "--show");
    equal(code, 0);
    deepEqual(JSON.parse(stdout), {
      repair: "map-apis",
      incomplete: false,
      releases: [{
        release: "web",
        performed: false,
        records: ["web.v1"],
        recordCount: 1,
        changes: [{
          record: "web.v1",
          subject: 'Role "web"',
          before: "rbac.authorization.k8s.io/v1beta1",
          after: "rbac.authorization.k8s.io/v1",
          details: [],
          diff: [
            "- apiVersion: rbac.authorization.k8s.io/v1beta1",
            "+ apiVersion: rbac.authorization.k8s.io/v1",
            "  kind: Role",
            "  metadata:",
          ],
        }],
        notes: [{
          record: "web.v1",
          subject: 'PodSecurityPolicy "web"',
          text: "policy/v1beta1 has no successor",
          hint: "--skip-removed leaves it out of the record.",
          unsolved: false,
        }],
      }],
      failures: [],
    });
  }));

Deno.test("repair map-apis works on records in Secrets, and refuses records in memory", () =>
  withOldRecords([{ manifest: inManifest(ROLE) }], async (stage) => {
    const before = await content(stage, "web.v1");
    equal((await stage.skeg("repair", "map-apis", "web", "--yes")).code, 0);
    equal((await stage.release("web.v1")).manifest, inManifest(ROLE.replace("v1beta1", "v1")));
    // The archive says where its records are.
    const undone = await stage.skeg("repair", "undo", backupIn(stage), "--yes", "--storage", "configmap");
    equal(undone.code, 0, undone.stderr);
    deepEqual(await content(stage, "web.v1"), before);
    const refused = await stage.skeg("repair", "map-apis", "web", "--storage", "memory");
    equal(refused.code, 1);
    match(refused.stderr, /^Error: records in Memory storage cannot be repaired/);
  }, { storage: "secret" }));

Deno.test("repair map-apis --all goes on after a release that fails, and ends with 1", () => {
  const now = Math.floor(Date.now() / 1000);
  const young = { lastDeployed: { seconds: now, nanos: 0 } };
  return withOldRecords([
    { name: "a", manifest: inManifest(ROLE) },
    { name: "b", manifest: inManifest(ROLE), status: "PENDING_UPGRADE", info: young },
    { name: "c", manifest: inManifest(ROLE) },
    { name: "d" },
  ], async (stage) => {
    const preview = await stage.skeg("repair", "map-apis", "--all");
    equal(preview.code, 0);
    match(preview.stderr, /^Note: b would not be written now\. b\.v1 is PENDING_UPGRADE, written \d+ seconds? ago/m);
    const plan = join(stage.folder, "plan.json");
    equal((await stage.skeg("repair", "map-apis", "--all", "--plan", plan)).code, 0);
    const { code, stdout, stderr } = await stage.skeg("repair", "map-apis", "--apply", plan);
    equal(code, 1);
    match(stderr, /^Error: b: b\.v1 is PENDING_UPGRADE, written \d+ seconds? ago: another program may be working/m);
    match(stdout, /^a: changed 1 object in 1 of 1 record$/m);
    match(stdout, /^c: changed 1 object in 1 of 1 record$/m);
    match(preview.stdout, /^d: nothing to write in 1 record$/m);
    equal((await stage.release("b.v1")).manifest, inManifest(ROLE));
    const sure = await stage.skeg("repair", "map-apis", "b", "--yes", "--older-than", "0s");
    equal(sure.code, 0, sure.stderr);
  });
});

Deno.test("repair map-apis leaves records alone that cannot be read", () =>
  withOldRecords([{ manifest: inManifest(ROLE), status: "SUPERSEDED" }, { revision: 2 }], async (stage) => {
    await stage.inCluster(async (cluster) => {
      const path = "/api/v1/namespaces/kube-system/configmaps/web.v2";
      await send(cluster, "PUT", path, { ...await send(cluster, "GET", path), data: { release: "H4sI" } });
    });
    const broken = await stage.object("web.v2");
    const { code, stdout } = await stage.skeg("repair", "map-apis", "web", "--yes");
    equal(code, 0);
    match(stdout, /^web\.v2 {2}the record is not changed: Cannot decode record/m);
    match(stdout, /^web: changed 1 object in 1 of 2 records$/m);
    deepEqual(await stage.object("web.v2"), broken);
    const archive = await openArchive(new Uint8Array(readFileSync(backupIn(stage))));
    equal(archive.records.length, 2);
  }));

Deno.test("repair map-apis leaves a record as it is whose document has a wrong shape, and ends with 1", () =>
  withOldRecords([{
    manifest: inManifest(ROLE, "apiVersion: extensions/v1beta1\nkind: Ingress\nmetadata: {name: web}\nspec: [1]"),
  }], async (stage) => {
    const before = await stage.object("web.v1");
    const { code, stdout } = await stage.skeg("repair", "map-apis", "web", "--yes");
    equal(code, 1);
    match(stdout, /^web\.v1 {2}Ingress "web" {2}.*; the record is not changed/m);
    deepEqual(await stage.object("web.v1"), before);
  }));

Deno.test("repair map-apis writes nothing when there is no place for its backup", () =>
  withOldRecords([{ manifest: inManifest(ROLE) }], async (stage) => {
    const before = await stage.object("web.v1");
    writeFileSync(join(stage.folder, "file"), "");
    const { code, stderr } = await stage.skeg(
      "repair",
      "map-apis",
      "web",
      "--yes",
      "--backup",
      join(stage.folder, "file"),
    );
    equal(code, 1);
    match(stderr, /^Error: mkdir .*file/);
    deepEqual(await stage.object("web.v1"), before);
  }));

Deno.test("repair map-apis refuses command lines that do not say what is meant", () =>
  withOldRecords([{}], async ({ skeg }) => {
    const error = async (...argv: string[]) => {
      const { code, stderr } = await skeg("repair", "map-apis", ...argv);
      equal(code, 1);
      return stderr.split("\n")[0];
    };
    equal(await error(), "Error: release name is required");
    equal(await error("web", "--all"), "Error: --all and the name of a release exclude each other");
    equal(await error("web", "shop"), "Error: This command needs 1 argument: release name");
    equal(await error("nothing"), 'Error: release: "nothing" not found');
    equal(await error("web", "--revision", "7"), 'Error: release: "web.v7" not found');
    equal(await error("web", "-o", "x"), "Error: unsupported format x");
    match(await error("web", "--older-than", "x") ?? "", /^Error: invalid argument "x" for "--older-than"/);
  }));

Deno.test("repair map-apis says that a Tiller runs", () => {
  const labels = { app: "helm", name: "tiller" };
  const tiller: KubeObject = {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "tiller-deploy", labels },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: "tiller", image: "example.invalid/tiller" }] } },
    },
  };
  return withOldRecords([{ manifest: inManifest(ROLE) }], async ({ skeg }) => {
    for (const more of [[], ["--yes"]]) {
      const { code, stderr } = await skeg("repair", "map-apis", "web", ...more);
      equal(code, 0);
      const [warning] = stderr.split("\n");
      equal(
        warning,
        'WARNING: a Tiller runs in namespace "kube-system" (Deployment "tiller-deploy"): do not change releases with it ' +
          "during a repair",
      );
    }
  }, { live: { "/apis/apps/v1/namespaces/kube-system/deployments": tiller } });
});

Deno.test("repair map-apis prints the undo of its backup so that it can be typed", () =>
  withOldRecords([{ manifest: inManifest(ROLE) }], async (stage) => {
    const { code, stderr } = await stage.skeg("repair", "map-apis", "web", "--yes");
    equal(code, 0, stderr);
    const [, line = ""] = /^To undo it: helm (repair undo .*)$/m.exec(stderr) ?? [];
    ok(line.startsWith(`repair undo ${backupIn(stage)} --sandbox=`), stderr);
    equal(line.endsWith(" --storage configmap"), true);
    const undo = await stage.skeg(...line.split(" ").slice(0, 3));
    equal(undo.code, 0, undo.stderr);
    match(undo.stdout, /^web\.v1 {2}as the repair left it$/m);
  }));
