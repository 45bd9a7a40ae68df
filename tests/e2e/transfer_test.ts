/**
 * A release is exported, its records and objects are lost, and an import brings both back.
 */
import { deepEqual, equal } from "node:assert/strict";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { exportReleases, importReleases, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { story, storyWithSecrets } from "./_cluster.ts";
import type { Stage } from "./_cluster.ts";

const chart = (version: string) =>
  chartFromFiles({
    "Chart.yaml": `name: site\nversion: ${version}\n`,
    "templates/all.yaml": `apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}}
data: {v: "${version}"}
---
apiVersion: v1
kind: Service
metadata: {name: {{ .Release.Name }}}
spec: {ports: [{port: 80}], selector: {app: web}}
---
apiVersion: v1
kind: Secret
metadata: {name: {{ .Release.Name }}}
stringData: {a: b}
---
apiVersion: batch/v1
kind: Job
metadata: {name: {{ .Release.Name }}}
spec:
  suspend: true
  template: {spec: {restartPolicy: Never, containers: [{name: main, image: example.invalid/main}]}}
`,
  });

async function play({ env, another, namespace, names, read }: Stage): Promise<void> {
  await install(env, { name: "web", namespace, chart: chart("1.0.0"), config: "" });
  await upgrade(another(), { name: "web", chart: chart("2.0.0"), config: "" });
  const plain = async () =>
    (await another().driver.plain?.list({}) ?? []).map(({ version: _, createdAt: __, ...one }) => one);
  const records = await plain();
  const { archive, releases } = await exportReleases(another(), { objects: true, charts: true });
  deepEqual(releases, [{ name: "web", status: "DEPLOYED", revisions: 2, objects: 4 }]);
  await uninstall(another(), { name: "web", purge: true });
  for (let tries = 0; (await names("jobs", "/apis/batch/v1")).length > 0 && tries < 100; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  deepEqual(await plain(), []);
  await importReleases(another(), { archive, objects: true });
  deepEqual(await plain(), records);
  deepEqual([
    await names("configmaps"),
    await names("services"),
    await names("secrets"),
    await names("jobs", "/apis/batch/v1"),
  ], [
    ["web"],
    ["web"],
    ["web"],
    ["web"],
  ]);
  await rollback(another(), { name: "web", revision: 1 });
  equal(
    ((await read(`/api/v1/namespaces/${namespace}/configmaps/web`)) as { data?: { v?: string } })?.data?.v,
    "1.0.0",
  );
  await uninstall(another(), { name: "web" });
  deepEqual(await names("configmaps"), []);
}

story("an export brings records and objects back, and the release goes on", play);
storyWithSecrets("the same with records in Secrets", play);

story(
  "an import into another storage has the same texts and labels",
  async ({ env, another, namespace, read, records }) => {
    await install(env, { name: "web", namespace, chart: chart("1.0.0"), config: "" });
    const { archive } = await exportReleases(another());
    const { storage: _, call } = another().driver.place ?? {};
    if (call === undefined) throw new Error("no place");
    const driver = configMapDriver(call, `${records}-new`);
    try {
      // The namespace is made with the first record.
      await importReleases(another({ driver }), { archive });
      const [before, after] = [
        await read(`/api/v1/namespaces/${records}/configmaps/web.v1`),
        await read(`/api/v1/namespaces/${records}-new/configmaps/web.v1`),
      ];
      deepEqual([after?.["data"], after?.metadata?.labels], [before?.["data"], before?.metadata?.labels]);
    } finally {
      await call("DELETE", `/api/v1/namespaces/${records}-new`);
    }
  },
);
