import { equal } from "node:assert/strict";
import { typeable } from "./advice.ts";

const none = (): undefined => undefined;

Deno.test("typeable() carries the flags that choose the cluster", () => {
  const argv = ["install", "./web", "--sandbox", "--tiller-namespace", "ops", "--kube-context=a b", "--namespace", "x"];
  equal(
    typeable("Run 'skeg delete --purge web' or 'skeg list --all'.", argv, none),
    `Run 'skeg delete --purge web "--kube-context=a b" --sandbox --tiller-namespace ops' or ` +
      `'skeg list --all "--kube-context=a b" --sandbox --tiller-namespace ops --namespace x'.`,
  );
});

Deno.test("typeable() gives local commands the home alone, and keeps other quotes", () => {
  const argv = ["--home", "/h", "--sandbox=/tmp/box"];
  equal(typeable("'x' 'helm repo update' 'skeg --help'", argv, none), "'x' 'skeg repo update --home /h' 'skeg --help'");
});

Deno.test("typeable() ignores words behind -- and flags that the advice has", () => {
  equal(
    typeable("'skeg list --storage secret'", ["--storage", "configmap", "--", "--sandbox"], none),
    "'skeg list --storage secret'",
  );
});

Deno.test("typeable() puts flags before --", () => {
  equal(typeable("'skeg a -- b'", ["--kubeconfig", "k"], none), "'skeg a --kubeconfig k -- b'");
});

Deno.test("typeable() writes the name that the program was started with", () => {
  equal(typeable("'skeg list'", [], (name) => name === "SKEG_NAME" ? "helm" : undefined), "'helm list'");
});

Deno.test("typeable() leads kubectl to the same cluster", () => {
  const argv = ["migrate", "helm3", "web", "--kube-context", "live", "--kubeconfig=/k", "--tiller-namespace", "ops"];
  equal(
    typeable(
      "Run 'kubectl delete secrets -n a -l owner=helm', or look: kubectl logs web\nby kubectl get pods",
      argv,
      none,
    ),
    "Run 'kubectl delete secrets -n a -l owner=helm --kubeconfig=/k --context live', or look: kubectl logs web " +
      "--kubeconfig=/k --context live\nby kubectl get pods --kubeconfig=/k --context live",
  );
  equal(typeable("'kubectl get pods'", ["list"], none), "'kubectl get pods'");
});
