import { equal } from "node:assert/strict";
import { maxUnavailable } from "./deployment.ts";

Deno.test("maxUnavailable() rounds as the deployment controller does", () => {
  const rolling = (replicas: number, maxSurge: unknown, unavailable: unknown): number =>
    maxUnavailable({
      spec: { replicas, strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable: unavailable } } },
    });
  equal(rolling(10, "25%", "25%"), 2);
  equal(rolling(1, "25%", "25%"), 0);
  equal(rolling(3, 0, 0), 1);
  equal(rolling(3, "0%", "10%"), 1);
  equal(rolling(3, 1, 9), 3);
  equal(rolling(0, 1, 1), 0);
  equal(rolling(2, undefined, undefined), 1);
  equal(maxUnavailable({ spec: { replicas: 3, strategy: { type: "Recreate" } } }), 0);
});
