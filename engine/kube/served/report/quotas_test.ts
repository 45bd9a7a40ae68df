import { deepEqual } from "node:assert/strict";
import { judgeOf } from "./judge.ts";
import { quotaFindings } from "./quotas.ts";

Deno.test("quotaFindings() notes counts of resources that left their group", () => {
  const quota = {
    apiVersion: "v1",
    kind: "ResourceQuota",
    spec: {
      hard: {
        "count/deployments.extensions": 1,
        "count/deployments.apps": 1,
        "count/secrets": 1,
        "count/webs.x.y": 1,
        pods: 1,
      },
    },
  };
  const findings = (kubeVersion: string) => quotaFindings(quota, judgeOf({ kubeVersion }));
  deepEqual(findings("1.15"), []);
  deepEqual(findings("1.16"), [
    "spec.hard count/deployments.extensions counts nothing: extensions does not have deployments since Kubernetes 1.16; " +
    "use count/deployments.apps",
  ]);
  deepEqual(quotaFindings({ ...quota, apiVersion: "example.com/v1" }, judgeOf({ kubeVersion: "1.25" })), []);
});
