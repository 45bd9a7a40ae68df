/**
 * The record of an old release is repaired, used, and restored again.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { repair, rollback, undoRepair, upgrade } from "../../engine/release/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { someRelease } from "../_lib/releases.ts";
import { type Stage, story } from "./_cluster.ts";

const OLD = `
---
# Source: site/templates/web.yaml
apiVersion: extensions/v1beta1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  template:
    metadata: {labels: {app: web, chart: site-2}}
    spec:
      containers: [{name: web, image: example.invalid/web}]
---
# Source: site/templates/ingress.yaml
apiVersion: extensions/v1beta1
kind: Ingress
metadata: {name: web}
spec:
  backend: {serviceName: web, servicePort: 80}`;

/** Live objects that were created with the old API versions. */
const LIVE: Readonly<Record<string, KubeObject>> = {
  "apis/apps/v1/deployments": {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web" },
    spec: {
      replicas: 0,
      revisionHistoryLimit: 2147483647,
      selector: { matchLabels: { app: "web" } },
      template: {
        metadata: { labels: { app: "web", chart: "site-2" } },
        spec: { containers: [{ name: "web", image: "example.invalid/web" }] },
      },
    },
  },
  "apis/networking.k8s.io/v1/ingresses": {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web" },
    spec: { defaultBackend: { service: { name: "web", port: { number: 80 } } } },
  },
};

async function content({ read, records }: Stage, key: string): Promise<unknown> {
  const object = await read(`/api/v1/namespaces/${records}/configmaps/${key}`);
  return { labels: object?.metadata?.labels, data: object?.data };
}

story("a record of extensions/v1beta1 is repaired, used, and restored", async (stage) => {
  const { env, driver, namespace, send, read } = stage;
  for (const [place, object] of Object.entries(LIVE)) {
    const [, version = "", plural = ""] = /^(.*)\/(\w+)$/.exec(place) ?? [];
    await send("POST", `/${version}/namespaces/${namespace}/${plural}`, object);
  }
  await driver.create(someRelease({ namespace, manifest: OLD }));
  const before = await content(stage, "web.v1");
  const kept: Uint8Array[] = [];
  const backups = {
    save: (_: string, __: string, bytes: Uint8Array) => Promise.resolve(String(kept.push(bytes) - 1)),
    load: (path: string) => Promise.resolve(kept[Number(path)] ?? new Uint8Array()),
  };
  const { reports } = await repair(env, "map-apis", { release: "web", yes: true, backups });
  deepEqual(reports[0]?.changes.map(({ subject, after }) => `${subject} ${after}`), [
    'Deployment "web" apps/v1',
    'Ingress "web" networking.k8s.io/v1',
  ]);
  const [archive = new Uint8Array()] = kept;
  ok((await undoRepair(stage.another(), { archive, yes: true })).performed);
  deepEqual(await content(stage, "web.v1"), before);

  await repair(stage.another(), "map-apis", { release: "web", yes: true, backups });
  const deployment = `/apis/apps/v1/namespaces/${namespace}/deployments/web`;
  const spec = JSON.stringify((await read(deployment))?.spec);
  const chart = chartFromFiles({
    "Chart.yaml": "name: site\nversion: 2.0.0\n",
    "templates/web.yaml": `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, chart: site-2}}
    spec:
      containers: [{name: web, image: example.invalid/web}]
`,
  });
  // Fields that are absent in both the chart and the old record keep their live values, set by the old API version.
  await upgrade(stage.another(), { name: "web", chart, config: "" });
  equal(JSON.stringify((await read(deployment))?.spec), spec);
  equal(await read(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/web`), undefined);
  // The rollback creates the ingress from the repaired manifest.
  await rollback(stage.another(), { name: "web", revision: 1 });
  const ingress = await read(`/apis/networking.k8s.io/v1/namespaces/${namespace}/ingresses/web`);
  deepEqual((ingress?.spec as Record<string, unknown>).defaultBackend, {
    service: { name: "web", port: { number: 80 } },
  });
});
