/**
 * Tests a chart with vitest, in a project of its own that has the npm package `skeg`.
 *
 *   npm install --save-dev skeg vitest
 *   npx vitest run
 */
import { expect, test } from "vitest";
import { createSkeg, decodeYaml, loadChart, renderChart } from "skeg";

/** Folder of the chart. */
const CHART = process.env.CHART ?? "charts/web";

test("the chart has as many replicas as it is told", async () => {
  const files = await renderChart(await loadChart(CHART), { values: { replicas: 5 }, release: { name: "shop" } });
  const deployment = decodeYaml(files["web/templates/deployment.yaml"] ?? "");
  expect(deployment).toMatchObject({ kind: "Deployment", spec: { replicas: 5 } });
});

test("the chart installs, upgrades and rolls back in a sandbox", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  try {
    const first = await skeg.install(CHART, { name: "shop", wait: true });
    expect(first.info.status.code).toBe("DEPLOYED");
    expect((await skeg.upgrade("shop", CHART, { set: ["replicas=3"] })).revision).toBe(2);
    expect((await skeg.rollback("shop")).info.description).toBe("Rollback to 1");
  } finally {
    await skeg.close();
  }
});
