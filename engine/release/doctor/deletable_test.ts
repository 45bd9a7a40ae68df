/** Objects that doctor names as left, and those that the proposed repair deletes: the same ones. */
import { deepEqual, equal, match } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { createKubeClient, type Transport } from "../../kube/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { configMapDriver } from "../../../storage/mod.ts";
import { type DoctorStage, withDoctorStage } from "../../../tests/_lib/doctor_stage.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import type { ReleaseSketch } from "../../../tests/_lib/releases.ts";
import { repair } from "../repair/run.ts";
import type { DoctorReport } from "./finding.ts";

const PLACE = "/api/v1/namespaces/default";

const map = (name: string, metadata: Partial<NonNullable<KubeObject["metadata"]>> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, ...metadata },
  data: { a: "1" },
});
const CLAIM: KubeObject = {
  apiVersion: "v1",
  kind: "PersistentVolumeClaim",
  metadata: { name: "data" },
  spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
};
const manifest = (...objects: KubeObject[]): string => objects.map((one) => `---\n${JSON.stringify(one)}\n`).join("");
const aSecond = () => new Promise((resolve) => setTimeout(resolve, 1100));
const now = () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 });

/** Objects that the manifest of `web` names and that belong to others, and one that is left. */
const OTHERS: readonly KubeObject[] = [
  map("noted", { annotations: { "meta.helm.sh/release-name": "new" } }),
  map("managed", { labels: { "app.kubernetes.io/managed-by": "Helm" } }),
  map("labelled", { labels: { heritage: "Tiller", release: "db" } }),
  map("kept", { annotations: { "helm.sh/resource-policy": "keep" } }),
  map("elsewhere"),
];
const NAMES = ["own", ...OTHERS.map(({ metadata }) => metadata?.name ?? ""), "byhand", "before"];

/** Stores a release of `web` by `put`, and makes its objects: `before` before that, the others after. */
async function makeStage(stage: DoctorStage, put: () => Promise<void>): Promise<void> {
  await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, map("before"));
  await aSecond();
  await put();
  await stage.put({ name: "other", manifest: manifest(map("elsewhere")) }, { namespace: "team" });
  for (const one of [map("own"), ...OTHERS]) await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, one);
  await stage.create(`${PLACE}/configmaps?fieldManager=kubectl-create`, map("byhand"));
  await stage.create(`${PLACE}/persistentvolumeclaims?fieldManager=skeg`, CLAIM);
}

const findingOf = ({ findings }: DoctorReport, id: string) =>
  findings.filter((one) => one.id === id && one.release === "web");

const deletedWeb = (): ReleaseSketch => ({
  status: "DELETED",
  manifest: manifest(...NAMES.map((name) => map(name)), CLAIM),
  info: {
    firstDeployed: now(),
    lastDeployed: now(),
    deleted: { seconds: now().seconds + 3600, nanos: 0 },
    description: "Deletion complete",
  },
});

for (const release of [undefined, "web"]) {
  const scope = release === undefined ? "of all releases" : "of one release";
  Deno.test(`O5: doctor ${scope} names only objects that finish-delete deletes`, () =>
    withDoctorStage(async (stage) => {
      await makeStage(stage, () => stage.put(deletedWeb()));
      const [found] = findingOf(await stage.examine({ release }), "O5");
      deepEqual(found?.evidence.map(({ text }) => text), ['ConfigMap "own"', 'PersistentVolumeClaim "data"']);
      equal(found?.repairs[0]?.command, "skeg repair finish-delete web");
      match(found?.repairs[0]?.effect ?? "", /only with --also PersistentVolumeClaim\/data$/);
      const { reports: [preview] } = await repair(stage.env, "finish-delete", {
        release: "web",
        also: ["PersistentVolumeClaim/data"],
      });
      deepEqual(preview?.objects.toSorted(), [
        'ConfigMap "own" in namespace "default"',
        'PersistentVolumeClaim "data" in namespace "default"',
      ]);
      equal(preview?.notes.length, NAMES.length - 1);
    }));

  Deno.test(`O4: doctor ${scope} names only objects of the failed revision that cleanup-failed deletes`, () =>
    withDoctorStage(async (stage) => {
      const info = { firstDeployed: now(), lastDeployed: now(), description: 'Upgrade "web" failed: no' };
      await makeStage(stage, async () => {
        await stage.put({ manifest: manifest(map("deployed")), info: { ...info, description: "Install complete" } });
        await stage.put({
          revision: 2,
          status: "FAILED",
          manifest: manifest(map("deployed"), ...NAMES.map((name) => map(name)), CLAIM),
          info,
        });
      });
      await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, map("deployed"));
      const [found] = findingOf(await stage.examine({ release }), "O4");
      const lines = found?.evidence.map(({ text }) => text.split(":")[0]);
      // The kept object stops Tiller's next upgrade, too; the repair leaves it.
      deepEqual(lines, ['ConfigMap "own", "kept"', 'PersistentVolumeClaim "data"']);
      equal(found?.repairs[0]?.command, "skeg repair cleanup-failed web");
      const { reports: [preview] } = await repair(stage.env, "cleanup-failed", { release: "web" });
      deepEqual(preview?.objects, ['ConfigMap "own" in namespace "default"']);
    }));
}

Deno.test("O5: doctor proposes nothing when all objects of a DELETED release belong to others", () =>
  withDoctorStage(async (stage) => {
    await makeStage(
      stage,
      () => stage.put({ ...deletedWeb(), manifest: manifest(...NAMES.slice(1).map((name) => map(name))) }),
    );
    deepEqual(findingOf(await stage.examine(), "O5"), []);
  }));

Deno.test("O4: while an operation is pending, doctor does not propose cleanup-failed, which refuses then", () =>
  withDoctorStage(async (stage) => {
    const info = { firstDeployed: now(), lastDeployed: now() };
    await stage.put({ manifest: manifest(map("deployed")), info });
    await stage.put({ revision: 2, status: "PENDING_UPGRADE", manifest: manifest(map("own")), info });
    for (const name of ["deployed", "own"]) await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, map(name));
    const [found] = findingOf(await stage.examine(), "O4");
    deepEqual(found?.repairs.map(({ command }) => command), ["", ""]);
    match(found?.repairs[0]?.effect ?? "", /^end the PENDING_UPGRADE operation first/);
  }));

/** Stores a deployed revision of Helm 3, as it writes them. */
async function putHelm3(stage: DoctorStage, name: string, ...objects: KubeObject[]): Promise<void> {
  const release = {
    name,
    namespace: "default",
    version: 1,
    info: { status: "deployed" },
    manifest: manifest(...objects),
  };
  const text = new Uint8Array(gzipSync(JSON.stringify(release))).toBase64();
  await stage.create(`${PLACE}/secrets`, {
    apiVersion: "v1",
    kind: "Secret",
    type: "helm.sh/release.v1",
    metadata: {
      name: `sh.helm.release.v1.${name}.v1`,
      labels: { owner: "helm", name, status: "deployed", version: "1" },
    },
    data: { release: btoa(text) },
  });
}

Deno.test("O5: objects of a release that Helm 3 took over under its name are none of doctor's", () =>
  withDoctorStage(async (stage) => {
    await stage.put({ ...deletedWeb(), manifest: manifest(map("own")) });
    await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, map("own"));
    equal(findingOf(await stage.examine(), "O5").length, 1);
    await putHelm3(stage, "web", map("own"));
    deepEqual(findingOf(await stage.examine(), "O5"), []);
  }));

/** Previews finish-delete of a release with one object of its own and `count` of Helm 3's; returns the requests. */
async function requestsOf(count: number): Promise<readonly string[]> {
  const asked: string[] = [];
  await withDoctorStage(async (stage) => {
    const many = Array.from({ length: count }, (_, at) => map(`many-${at}`));
    await stage.put({ ...deletedWeb(), manifest: manifest(map("own"), ...many) });
    for (const one of [map("own"), ...many]) await stage.create(`${PLACE}/configmaps?fieldManager=skeg`, one);
    await putHelm3(stage, "new", ...many);
    const transport: Transport = (request) => {
      asked.push(`${request.method} ${request.path}`);
      return stage.cluster.transport(request);
    };
    const env = {
      ...stage.env,
      kube: createKubeClient({ ...stage.cluster, transport }),
      driver: configMapDriver(objectCallOf(transport), "kube-system"),
    };
    const { reports: [preview] } = await repair(env, "finish-delete", { release: "web" });
    deepEqual(preview?.objects, ['ConfigMap "own" in namespace "default"']);
    deepEqual(
      preview?.notes.map(({ text }) => text),
      many.map(() => 'stays: release "new" of Helm 3 in namespace "default" has it, too'),
    );
  });
  return asked;
}

Deno.test("finish-delete leaves what records of Helm 3 name, with as many requests for 40 objects as for 10", async () => {
  const [few, many] = [await requestsOf(10), await requestsOf(40)];
  equal(many.length, few.length, many.join("\n"));
  equal(many.filter((one) => one.includes("owner%3Dhelm")).length, 2);
});
