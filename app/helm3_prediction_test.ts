import { deepEqual, equal, rejects } from "node:assert/strict";
import { chartFromFiles } from "../engine/chart/load/mod.ts";
import { SkegError } from "../errors.ts";
import { createSkeg } from "./skeg.ts";

const chart = chartFromFiles({
  "Chart.yaml": "name: web\nversion: 1.0.0\n",
  "templates/a.yaml":
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {heritage: {{ .Release.Service }}}}\ndata: {x: '1'}\n",
});

Deno.test("migrate.helm3() of the library predicts the first Helm 3 upgrade if it is asked for", async () => {
  const skeg = createSkeg({ sandbox: ":memory:" });
  try {
    await skeg.install(chart, { name: "web" });
    const plain = await skeg.migrate.helm3({ releases: ["web"] });
    equal(plain.releases[0]?.plan?.prediction, undefined);
    const { releases } = await skeg.migrate.helm3({ releases: ["web"], predict: { helm3: "none" } });
    const { class: name, estimated, objects } = releases[0]?.plan?.prediction ?? { objects: [] };
    deepEqual([name, estimated, objects[0]?.fields], ["metadata", true, ["metadata.labels.heritage"]]);
    const without = await skeg.migrate.helm3({ releases: ["web"], adopt: false, predict: { helm3: "none" } });
    equal(without.releases[0]?.plan?.prediction?.objects[0]?.fields?.length, 3);
    await rejects(
      skeg.migrate.helm3({ releases: ["web"], predict: { helm3: "/nowhere/helm" } }),
      (error) => error instanceof SkegError && error.kind === "usage",
    );
  } finally {
    await skeg.close();
  }
});
