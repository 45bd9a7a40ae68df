import { equal, match } from "node:assert/strict";
import { statusError } from "./call.ts";

const refused = (message: string): string =>
  statusError({ kind: "Status", code: 403, reason: "Forbidden", message }, 403).hint ?? "";

Deno.test("statusError() sends nobody for a role where none would help", () => {
  match(refused('configmaps is forbidden: User "ann" cannot list resource "configmaps" in API group ""'), /role/);
  match(
    refused(
      'jobs.batch "pre" is forbidden: unable to create new content in namespace ops because it is being terminated',
    ),
    /namespace is being deleted.*--no-hooks/,
  );
  match(
    refused('pods "a" is forbidden: exceeded quota: small, requested: cpu=2, used: cpu=1, limited: cpu=2'),
    /ResourceQuota/,
  );
  match(refused('pods "a" is forbidden: violates PodSecurity "restricted:latest": host namespaces'), /policy/i);
  match(refused('admission webhook "a.example.com" denied the request: no'), /policy/i);
  equal(statusError({}, 403).hint?.includes("role"), true);
});
