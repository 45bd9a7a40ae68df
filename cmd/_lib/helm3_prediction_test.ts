import { deepEqual, ok } from "node:assert/strict";
import type { ReleasePrediction } from "../../engine/release/mod.ts";
import { predictionLines } from "./helm3_prediction.ts";

const PREDICTION: ReleasePrediction = {
  class: "blocked",
  estimated: false,
  renderedBy: "helm v3.22.0",
  objects: [
    {
      object: { apiVersion: "apps/v1", kind: "StatefulSet", namespace: "shop", name: "db" },
      class: "blocked",
      reasons: [
        "StatefulSet.apps \"db\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden",
      ],
      advice: ["keep heritage: Tiller with a post-renderer"],
      fields: ["spec.volumeClaimTemplates"],
    },
    {
      object: { apiVersion: "v1", kind: "Service", namespace: "shop", name: "db" },
      class: "metadata",
      reasons: [],
      advice: [],
      fields: ["metadata.labels.heritage"],
    },
  ],
  reasons: ["Helm 3 changes all other objects, deletes none, and records revision 4 as failed"],
  advice: [],
};

Deno.test("predictionLines() shows the worst first, in 80 columns", () => {
  const lines = predictionLines(PREDICTION);
  deepEqual(lines, [
    "  upgrade  blocked (rendered by helm v3.22.0)",
    "           StatefulSet db: is blocked",
    '             StatefulSet.apps "db" is invalid: spec: Forbidden: updates to',
    "             statefulset spec for fields other than 'replicas' are forbidden",
    "             -> keep heritage: Tiller with a post-renderer",
    "           1 object: changes metadata only",
    "           Helm 3 changes all other objects, deletes none, and records revision",
    "           4 as failed",
  ]);
  ok(lines.every((line) => line.length <= 80));
});

Deno.test("predictionLines() says that a result is estimated", () => {
  const [head] = predictionLines({ ...PREDICTION, class: "metadata", estimated: true, objects: [] });
  deepEqual(head, "  upgrade  metadata only (estimated by our own renderer: no helm 3 or 4 was");
});
