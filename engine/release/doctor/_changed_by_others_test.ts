import { deepEqual, equal } from "node:assert/strict";
import { mayBeChanged } from "./_changed_by_others.ts";

const by = (manager: string, fieldsV1: object, subresource?: string) => ({ manager, fieldsV1, subresource });
const tiller = by("tiller", { "f:spec": {} });
const check = (...managedFields: object[]) => mayBeChanged({ managedFields });

Deno.test("mayBeChanged() is false for what only a release and Kubernetes' controllers wrote", () => {
  equal(check(tiller), false);
  equal(check(by("skeg", { "f:data": {} })), false);
  const revision = {
    "f:metadata": { "f:annotations": { ".": {}, "f:deployment.kubernetes.io/revision": {} } },
    "f:status": {},
  };
  equal(check(tiller, by("kube-controller-manager", revision)), false);
  equal(check(tiller, by("kubelet", { "f:spec": {} }, "status")), false);
});

Deno.test("mayBeChanged() is true for an edit, a scale, a label, and for servers that keep no fields", () => {
  deepEqual(
    [
      check(tiller, by("kubectl-edit", { "f:spec": { "f:replicas": {} } })),
      check(tiller, by("kubectl", { "f:spec": { "f:replicas": {} } }, "scale")),
      check(tiller, by("kubectl-label", { "f:metadata": { "f:labels": { "f:a": {} } } })),
      check(tiller, by("tool", { "f:metadata": { "f:annotations": { "f:example.com/a": {} } } })),
      check(by("kubectl-create", { "f:data": {} })),
      check(),
      mayBeChanged({}),
    ],
    [true, true, true, true, true, true, true],
  );
});
