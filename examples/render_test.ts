/**
 * Tests a chart without a cluster: checks the rendered objects for some values.
 *
 *   deno test -R -E examples/render_test.ts
 *
 * @module
 */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles, createSkeg, decodeYaml, loadChart, renderChart } from "../mod.ts";

const WEB = `${import.meta.dirname}/charts/web`;

/** The parts of a Deployment that are checked here. */
interface Deployment {
  readonly spec: { readonly replicas: number };
}

Deno.test("the web chart has as many replicas as it is told", async () => {
  const chart = await loadChart(WEB);
  const files = await renderChart(chart, { values: { replicas: 5 }, release: { name: "shop" } });
  const deployment = decodeYaml(files["web/templates/deployment.yaml"] ?? "") as Deployment;
  equal(deployment.spec.replicas, 5);
});

Deno.test("the web chart migrates the database in a hook, and brings objects of these kinds", async () => {
  const skeg = createSkeg();
  const { hooks, manifests, notes } = await skeg.template(WEB, { release: { name: "shop" }, set: ["replicas=1"] });
  ok(hooks.some(({ kind, events }) => kind === "Job" && events.includes("pre-upgrade")));
  deepEqual([...new Set(manifests.map(({ kind }) => kind))].sort(), [
    "ConfigMap",
    "Deployment",
    "Secret",
    "Service",
    "ServiceAccount",
    "StatefulSet",
  ]);
  match(notes, /installed as shop in namespace default/);
});

Deno.test("a chart that demands a value says so", async () => {
  const chart = chartFromFiles({
    "Chart.yaml": "name: picky\nversion: 1.0.0\n",
    "templates/config.yaml": 'host: {{ required "a host is needed" .Values.host }}\n',
  });
  await rejects(renderChart(chart), { kind: "template", message: /a host is needed/ });
});
