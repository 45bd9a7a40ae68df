import { deepEqual } from "node:assert/strict";
import type { TillerPart } from "../../engine/release/mod.ts";
import { typeable } from "./advice.ts";
import { tillerRestLines, typeableRest } from "./tiller_rest_text.ts";

const PARTS: readonly TillerPart[] = [
  { kind: "Deployment", namespace: "t", name: "tiller-deploy", detail: "", removal: "skeg reset --tiller-namespace t" },
  { kind: "Service", namespace: "t", name: "tiller-deploy", detail: "", removal: "skeg reset --tiller-namespace t" },
  { kind: "ClusterRoleBinding", namespace: "", name: "tiller", detail: "binds it", removal: "kubectl delete x" },
  { kind: "ServiceAccount", namespace: "t", name: "tiller", detail: "pods use it, too: a", removal: "" },
];

Deno.test("tillerRestLines() names each object once, and each command once", () => {
  deepEqual(tillerRestLines({ parts: PARTS, unseen: ["pods in namespace t"] }, true), [
    "No record of Helm 2 is left in this storage. This belongs to its Tiller:",
    '  Deployment "tiller-deploy" in namespace "t"',
    '  Service "tiller-deploy" in namespace "t"',
    '  ClusterRoleBinding "tiller": binds it',
    '  ServiceAccount "tiller" in namespace "t": pods use it, too: a',
    "To remove it, once nothing else needs it:",
    "  skeg reset --tiller-namespace t",
    "  kubectl delete x",
    'Look at ServiceAccount "tiller" in namespace "t" yourself: something else may need it.',
    "The pods in namespace t could not be listed: there may be more.",
  ]);
  deepEqual(tillerRestLines({ parts: [], unseen: [] }, false), [
    "No record of Helm 2 would be left in this storage. Nothing of its Tiller was found.",
  ]);
});

Deno.test("typeableRest() names the cluster in every command line", () => {
  const argv = ["--kubeconfig", "/a b", "--kube-context=live"];
  const { parts } = typeableRest({ parts: PARTS, unseen: [] }, (text) => typeable(text, argv, () => undefined));
  deepEqual(parts.slice(1).map(({ removal }) => removal), [
    'skeg reset --tiller-namespace t --kubeconfig "/a b" --kube-context=live',
    'kubectl delete x --kubeconfig "/a b" --context=live',
    "",
  ]);
});
