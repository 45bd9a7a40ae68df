import { deepEqual } from "node:assert/strict";
import { quotaFindings } from "./quotas.ts";

const quota = (hard: object, used: object) => ({
  metadata: { name: "objects", namespace: "kube-system" },
  spec: { hard },
  status: { hard, used },
});

Deno.test("quotaFindings() are broken when a quota is used up, and warnings when it nearly is", () => {
  const severity = (used: string) =>
    quotaFindings(
      quota({ "count/configmaps": "100", pods: "3" }, { "count/configmaps": used, pods: "3" }),
      "configmaps",
    )
      .map((finding) => finding.severity);
  deepEqual([severity("100"), severity("95"), severity("10")], [["broken"], ["warning"], ["note"]]);
  deepEqual(quotaFindings(quota({ pods: "3" }, { pods: "3" }), "configmaps"), []);
  deepEqual(quotaFindings(quota({ configmaps: "1k" }, { configmaps: "1000" }), "secrets"), []);
  deepEqual(quotaFindings(quota({ secrets: "1k" }, { secrets: "1000" }), "secrets").map(({ severity }) => severity), [
    "broken",
  ]);
});
