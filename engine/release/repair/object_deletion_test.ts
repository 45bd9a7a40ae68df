/** The repairs that delete objects, on a sandbox. */
import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { createKubeClient, type Transport } from "../../kube/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import type { Hook, KubeObject } from "../../model/mod.ts";
import { configMapDriver, secretDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import type { Environment } from "../environment.ts";
import { openArchive, repair, undoRepair } from "../operations.ts";

const PLACE = "/api/v1/namespaces/default";

async function stage(through: (next: Transport) => Transport = (next) => next) {
  const cluster = await openSandbox();
  const call = objectCallOf(cluster.transport);
  const kept: Uint8Array[] = [];
  const env: Environment = {
    kube: createKubeClient({ ...cluster, transport: through(cluster.transport) }),
    driver: configMapDriver(call, "kube-system"),
    clock: () => ({ seconds: Math.floor(Date.now() / 1000) + 7200, nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
  };
  return {
    env,
    call,
    kept,
    backups: {
      save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
      load: (path: string) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
    },
    make: async (path: string, object: KubeObject) => {
      const answer = await call("POST", `${path}?fieldManager=skeg`, object);
      equal(answer.status, 201, JSON.stringify(answer.body));
    },
    has: async (path: string) => (await call("GET", path)).status === 200,
    status: async (key: string) => {
      const { body } = await call("GET", `/api/v1/namespaces/kube-system/configmaps/${key}`);
      return (body as KubeObject).metadata?.labels?.["STATUS"];
    },
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}

const map = (name: string, more: object = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...more },
  data: { a: "1" },
});
const claim: KubeObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const manifest = (...objects: KubeObject[]): string => objects.map((one) => `---\n${JSON.stringify(one)}\n`).join("");
/** Later than the objects of the tests. */
const DELETED = Math.floor(Date.now() / 1000) + 3600;
const begun = () => ({
  firstDeployed: { seconds: 1, nanos: 0 },
  lastDeployed: { seconds: Math.floor(Date.now() / 1000) - 60, nanos: 0 },
});

Deno.test("finish-delete deletes what the release made, and nothing that is precious, kept or of another release", async () => {
  await using on = await stage();
  const keep = map("keep", { annotations: { "helm.sh/resource-policy": "keep" } });
  const text = manifest(map("own"), map("shared"), keep, claim, map("gone"));
  const info = {
    ...begun(),
    deleted: { seconds: DELETED, nanos: 0 },
    description: "Deletion in progress (or silently failed); it was DEPLOYED",
  };
  await on.env.driver.create(someRelease({ status: "DELETING", manifest: text, info }));
  await on.env.driver.create(someRelease({ name: "other", manifest: manifest(map("shared")) }));
  for (const one of [map("own"), map("shared"), keep]) await on.make(`${PLACE}/configmaps`, one);
  await on.make(`${PLACE}/persistentvolumeclaims`, claim);
  const { reports: [preview] } = await repair(on.env, "finish-delete", { release: "web" });
  deepEqual(preview?.objects, ['ConfigMap "own" in namespace "default"']);
  match(preview?.changes[0]?.before ?? "", /^2 hours old$/);
  deepEqual(preview?.notes.map(({ subject, text }) => `${subject}: ${text}`).sort(), [
    'ConfigMap "shared" in namespace "default": stays: release "other" has it, too',
    'PersistentVolumeClaim "data" in namespace "default": stays: its deletion loses more than the object',
  ]);
  equal(await on.has(`${PLACE}/configmaps/own`), true);
  await repair(on.env, "finish-delete", { release: "web", yes: true, backups: on.backups });
  deepEqual(
    await Promise.all(
      ["configmaps/own", "configmaps/shared", "configmaps/keep", "persistentvolumeclaims/data"].map((one) =>
        on.has(`${PLACE}/${one}`)
      ),
    ),
    [false, true, true, true],
  );
  equal(await on.status("web.v1"), "DELETED");
  const release = await on.env.driver.get("web.v1");
  deepEqual([release.info.status.code, release.info.deleted?.seconds], ["DELETED", DELETED]);
  // The claim goes only when it is named, also after the release is DELETED.
  const { reports: [named] } = await repair(on.env, "finish-delete", {
    release: "web",
    also: ["PersistentVolumeClaim/data"],
  });
  deepEqual(named?.objects, ['PersistentVolumeClaim "data" in namespace "default"']);
  // Undo brings the record back, and with it the object.
  const [archive = new Uint8Array()] = on.kept;
  deepEqual((await openArchive(archive)).objects.map(({ object }) => object.metadata?.name), ["own"]);
  const alone = await undoRepair(on.env, { archive });
  deepEqual([alone.objectCount, alone.objects], [1, []]);
  const undone = await undoRepair(on.env, { archive, objects: true, yes: true });
  deepEqual([undone.performed, undone.objects.map(({ state }) => state)], [true, ["create"]]);
  deepEqual([await on.status("web.v1"), await on.has(`${PLACE}/configmaps/own`)], ["DELETING", true]);
  const again = await undoRepair(on.env, { archive, objects: true, yes: true });
  equal(again.performed, false);
});

Deno.test("finish-delete leaves what an older revision keeps, and what carries a policy in the cluster alone", async () => {
  await using on = await stage();
  const keep = { annotations: { "helm.sh/resource-policy": "keep" } };
  const info = begun();
  await on.env.driver.create(someRelease({ manifest: manifest(map("own"), map("older", keep)), info }));
  await on.env.driver.create(someRelease({
    revision: 2,
    status: "DELETING",
    manifest: manifest(map("own"), map("noted")),
    info: {
      ...info,
      deleted: { seconds: DELETED, nanos: 0 },
      description: "Deletion in progress (or silently failed); it was FAILED",
    },
  }));
  for (const one of [map("own"), map("older"), map("noted", keep)]) await on.make(`${PLACE}/configmaps`, one);
  const { reports: [report] } = await repair(on.env, "finish-delete", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "own" in namespace "default"']);
  deepEqual(
    await Promise.all(["own", "older", "noted"].map((name) => on.has(`${PLACE}/configmaps/${name}`))),
    [false, true, true],
  );
});

Deno.test("finish-delete leaves releases alone that are not being deleted", async () => {
  await using on = await stage();
  await on.env.driver.create(someRelease({ manifest: manifest(map("own")) }));
  await on.make(`${PLACE}/configmaps`, map("own"));
  const { reports } = await repair(on.env, "finish-delete", { release: "web", yes: true, backups: on.backups });
  deepEqual([reports[0]?.performed, reports[0]?.notes[0]?.text], [false, "it is DEPLOYED: no deletion was begun"]);
  await rejects(repair(on.env, "finish-delete", { all: true }), {
    kind: "usage",
    message: /cannot be run on all releases/,
  });
});

Deno.test("cleanup-failed deletes what only failed revisions made, and not what existed before them", async () => {
  await using on = await stage();
  await on.make(`${PLACE}/configmaps`, map("before"));
  const info = begun();
  await on.env.driver.create(someRelease({ status: "DEPLOYED", manifest: manifest(map("own")), info }));
  await new Promise((resolve) => setTimeout(resolve, 2100));
  const now = {
    firstDeployed: info.firstDeployed,
    lastDeployed: { seconds: Math.floor(Date.now() / 1000), nanos: 0 },
    description: 'Upgrade "web" failed: no',
  };
  const failed = manifest(map("own"), map("fresh"), map("before"));
  await on.env.driver.create(someRelease({ revision: 2, status: "FAILED", manifest: failed, info: now }));
  for (const name of ["own", "fresh"]) await on.make(`${PLACE}/configmaps`, map(name));
  const { reports: [report] } = await repair(on.env, "cleanup-failed", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "fresh" in namespace "default"']);
  match(report?.notes[0]?.text ?? "", /^stays: it existed before release "web" named it$/);
  deepEqual(await Promise.all(["own", "fresh", "before"].map((name) => on.has(`${PLACE}/configmaps/${name}`))), [
    true,
    false,
    true,
  ]);
  deepEqual([await on.status("web.v1"), await on.status("web.v2")], ["DEPLOYED", "FAILED"]);
});

Deno.test("cleanup-failed refuses where nothing shows which objects should stay", async () => {
  await using on = await stage();
  await on.env.driver.create(someRelease({ status: "FAILED", manifest: manifest(map("own")) }));
  await rejects(repair(on.env, "cleanup-failed", { release: "web" }), {
    kind: "conflict",
    message: /^no revision of web is DEPLOYED/,
  });
  await on.env.driver.create(someRelease({ revision: 2, status: "PENDING_UPGRADE" }));
  await rejects(repair(on.env, "cleanup-failed", { release: "web" }), {
    kind: "conflict",
    message: /^web\.v2 is PENDING_UPGRADE/,
  });
});

const job = (name: string): KubeObject => ({
  apiVersion: "batch/v1",
  kind: "Job",
  metadata: { name, annotations: { "helm.sh/hook": "post-install" } },
  spec: { suspend: true, template: { spec: { restartPolicy: "Never", containers: [{ name: "a", image: "a" }] } } },
});
const hook = (object: KubeObject): Hook => ({
  name: object.metadata?.name ?? "",
  kind: object.kind ?? "",
  path: "hook.yaml",
  manifest: JSON.stringify(object),
  events: ["post-install"],
  weight: 0,
  deletePolicies: [],
  deleteTimeoutSeconds: 0,
});

Deno.test("clean-hooks deletes finished Jobs of hooks, and no others", async () => {
  await using on = await stage();
  const jobs = "/apis/batch/v1/namespaces/default/jobs";
  const plain = { ...job("plain"), metadata: { name: "plain" } };
  const hooks = [
    job("done"),
    job("running"),
    job("plain"),
    map("config", { annotations: { "helm.sh/hook": "post-install" } }),
  ].map(hook);
  await on.env.driver.create(someRelease({ hooks }));
  for (const one of [job("done"), job("running"), plain]) await on.make(jobs, one);
  await on.make(`${PLACE}/configmaps`, map("config", { annotations: { "helm.sh/hook": "post-install" } }));
  for (const name of ["done", "plain"]) {
    const { body } = await on.call("GET", `${jobs}/${name}`);
    const at = new Date().toISOString().replace(/\.\d+Z$/, "Z");
    const conditions = ["SuccessCriteriaMet", "Complete"].map((type) => ({
      type,
      status: "True",
      lastTransitionTime: at,
    }));
    const status = { startTime: at, completionTime: at, succeeded: 1, conditions };
    const answer = await on.call("PUT", `${jobs}/${name}/status`, { ...body as KubeObject, status });
    equal(answer.status, 200, JSON.stringify(answer.body));
  }
  const { reports: [report] } = await repair(on.env, "clean-hooks", { release: "web", yes: true, backups: on.backups });
  deepEqual(report?.objects, ['Job "done" in namespace "default"']);
  deepEqual(report?.changes[0]?.details, ["hook post-install, succeeded"]);
  deepEqual(report?.notes.map(({ subject, text }) => `${subject}: ${text}`), [
    'Job "running" in namespace "default": stays: it has not finished',
    'Job "plain" in namespace "default": stays: no hook of this release made it',
  ]);
  deepEqual(await Promise.all(["done", "running", "plain"].map((name) => on.has(`${jobs}/${name}`))), [
    false,
    true,
    true,
  ]);
  equal(await on.has(`${PLACE}/configmaps/config`), true);
});

Deno.test("an object that was modified since it was read is not deleted", async () => {
  let meddle = async (): Promise<void> => {};
  await using on = await stage((next) => async (request) => {
    if (request.method === "DELETE") await meddle();
    return await next(request);
  });
  const info = {
    ...begun(),
    deleted: { seconds: DELETED, nanos: 0 },
    description: "Deletion in progress (or silently failed); it was DEPLOYED",
  };
  await on.env.driver.create(someRelease({ status: "DELETING", manifest: manifest(map("own")), info }));
  await on.make(`${PLACE}/configmaps`, map("own"));
  meddle = async () => void await on.call("PUT", `${PLACE}/configmaps/own`, map("own", { labels: { mine: "1" } }));
  await rejects(repair(on.env, "finish-delete", { release: "web", yes: true, backups: on.backups }), {
    kind: "conflict",
    message:
      /^ConfigMap "own" in namespace "default" was modified by another client since it was read\. 0 of 1 objects were deleted/,
  });
  deepEqual([await on.has(`${PLACE}/configmaps/own`), await on.status("web.v1")], [true, "DELETING"]);
});

/** A DELETED release `web` whose manifest names the objects, deleted `seconds` from now. */
const deleted = (seconds: number, ...objects: KubeObject[]) =>
  someRelease({
    status: "DELETED",
    manifest: manifest(...objects),
    info: {
      ...begun(),
      deleted: { seconds: Math.floor(Date.now() / 1000) + seconds, nanos: 0 },
      description: "Deletion complete",
    },
  });

Deno.test("finish-delete leaves objects that DEPLOYED revisions of other places name, under the same name, too", async () => {
  await using on = await stage();
  await on.env.driver.create(deleted(3600, map("own"), map("again"), map("secret")));
  for (const one of ["own", "again", "secret"]) await on.make(`${PLACE}/configmaps`, map(one));
  await configMapDriver(on.call, "default").create(someRelease({ manifest: manifest(map("again")) }));
  await secretDriver(on.call, "kube-system").create(someRelease({ name: "b", manifest: manifest(map("secret")) }));
  const { reports: [report] } = await repair(on.env, "finish-delete", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "own" in namespace "default"']);
  deepEqual(report?.notes.map(({ text }) => text), [
    'stays: release "web" in the configmaps of namespace "default" has it, too',
    'stays: release "b" in the secrets of namespace "kube-system" has it, too',
  ]);
});

Deno.test("finish-delete leaves objects with marks of Helm 3 or another release, and those younger than the deletion", async () => {
  await using on = await stage();
  const label = (release: string) => ({ labels: { heritage: "Tiller", release } });
  const manager = { labels: { "app.kubernetes.io/managed-by": "Helm" } };
  const names = ["noted", "managed", "labelled"];
  await on.env.driver.create(deleted(3600, ...names.map((name) => map(name)), map("fixed", label("stack"))));
  const annotations = { "meta.helm.sh/release-name": "new", "meta.helm.sh/release-namespace": "default" };
  const live = [map("noted", { annotations }), map("managed", manager), map("labelled", label("db"))];
  for (const one of [...live, map("fixed", label("stack"))]) await on.make(`${PLACE}/configmaps`, one);
  const { reports: [report] } = await repair(on.env, "finish-delete", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "fixed" in namespace "default"']);
  deepEqual(report?.notes.map(({ text }) => text), [
    'stays: its annotations say that release "new" of Helm 3 in namespace "default" has it',
    "stays: its label app.kubernetes.io/managed-by says that Helm 3 has it",
    'stays: its label release names release "db"',
  ]);
  await on.env.driver.delete("web.v1");
  await on.env.driver.create(deleted(-30, map("young")));
  await on.make(`${PLACE}/configmaps`, map("young"));
  const { reports: [again] } = await repair(on.env, "finish-delete", { release: "web" });
  deepEqual([again?.objects, again?.notes.map(({ text }) => text)], [
    [],
    ['stays: it was created after the deletion of release "web" began'],
  ]);
});

Deno.test("repairs that delete objects refuse when records of other releases cannot be read", async () => {
  const answer = { kind: "Status", apiVersion: "v1", status: "Failure", message: "secrets is forbidden", code: 403 };
  await using on = await stage((next) => (request) =>
    request.path.startsWith("/api/v1/secrets?")
      ? Promise.resolve(Response.json(answer, { status: 403 }))
      : next(request)
  );
  await on.env.driver.create(deleted(3600, map("own")));
  await on.make(`${PLACE}/configmaps`, map("own"));
  await rejects(repair(on.env, "finish-delete", { release: "web", yes: true, backups: on.backups }), {
    kind: "conflict",
    message: /^the records of other releases cannot be read, and they may own the objects: secrets is forbidden/,
  });
  equal(await on.has(`${PLACE}/configmaps/own`), true);
});

Deno.test("reapply refuses when its rollback would delete objects, and names them", async () => {
  await using on = await stage();
  await on.env.driver.create(someRelease({ manifest: manifest(map("own")), info: begun() }));
  await on.env.driver.create(someRelease({
    revision: 2,
    status: "FAILED",
    manifest: manifest(map("own"), map("fresh")),
    info: { ...begun(), description: 'Upgrade "web" failed: no' },
  }));
  for (const name of ["own", "fresh"]) await on.make(`${PLACE}/configmaps`, map(name));
  await rejects(repair(on.env, "reapply", { release: "web", yes: true, backups: on.backups }), {
    kind: "conflict",
    message: /would delete objects that only revision 2 has: ConfigMap "fresh" in namespace "default"$/,
    hint: /skeg repair cleanup-failed web/,
  });
  await repair(on.env, "cleanup-failed", { release: "web", yes: true, backups: on.backups });
  await repair(on.env, "reapply", { release: "web", yes: true, backups: on.backups });
  equal(await on.status("web.v3"), "DEPLOYED");
});

Deno.test("cleanup-failed leaves objects of Helm 3, and those that a release of another place names", async () => {
  await using on = await stage();
  await on.env.driver.create(someRelease({ manifest: manifest(map("own")), info: begun() }));
  await on.env.driver.create(someRelease({
    revision: 2,
    status: "FAILED",
    manifest: manifest(map("own"), map("fresh"), map("noted"), map("shared")),
    info: { ...begun(), description: 'Upgrade "web" failed: no' },
  }));
  await configMapDriver(on.call, "default").create(someRelease({ name: "b", manifest: manifest(map("shared")) }));
  const annotations = { "meta.helm.sh/release-name": "new" };
  for (const one of [map("own"), map("fresh"), map("shared"), map("noted", { annotations })]) {
    await on.make(`${PLACE}/configmaps`, one);
  }
  const { reports: [report] } = await repair(on.env, "cleanup-failed", {
    release: "web",
    yes: true,
    backups: on.backups,
  });
  deepEqual(report?.objects, ['ConfigMap "fresh" in namespace "default"']);
  deepEqual(
    await Promise.all(["own", "fresh", "noted", "shared"].map((name) => on.has(`${PLACE}/configmaps/${name}`))),
    [true, false, true, true],
  );
});
