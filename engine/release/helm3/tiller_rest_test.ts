/** Objects of a Tiller that `finish` names, on sandboxes. */
import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { storageStage } from "../../../tests/_lib/storage_stage.ts";
import type { Environment } from "../environment.ts";
import { tillerRest } from "./tiller_rest.ts";

const RBAC = "/apis/rbac.authorization.k8s.io/v1";

interface Cluster {
  readonly env: Environment;
  readonly put: (path: string, object: object) => Promise<void>;
}

async function inCluster(use: (cluster: Cluster) => Promise<void>): Promise<void> {
  await using stage = await storageStage();
  const put = async (path: string, object: object): Promise<void> => {
    const { status, body } = await stage.call("POST", path, object as KubeObject);
    equal(status, 201, JSON.stringify(body));
  };
  await put("/api/v1/namespaces/kube-system/serviceaccounts", {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: "tiller" },
  });
  await put(`${RBAC}/clusterrolebindings`, binding("tiller", "tiller"));
  await use({ env: stage.maps, put });
}

function binding(name: string, ...accounts: readonly string[]): object {
  return {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "cluster-admin" },
    subjects: accounts.map((account) => ({ kind: "ServiceAccount", name: account, namespace: "kube-system" })),
  };
}

function tiller(account: string | undefined, storage: string): object {
  const labels = { app: "helm", name: "tiller" };
  const containers = [{ name: "tiller", image: "tiller:v2.17.0", args: [`--storage=${storage}`] }];
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "tiller-deploy", labels },
    spec: {
      replicas: 0,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { serviceAccountName: account, containers } },
    },
  };
}

async function found(env: Environment): Promise<string[]> {
  return (await tillerRest(env)).parts.map(({ kind, name, removal }) => `${kind} ${name}: ${removal}`);
}

const DEPLOYMENTS = "/apis/apps/v1/namespaces/kube-system/deployments";

Deno.test("tillerRest() finds the account and its bindings after Tiller is gone, and before", () =>
  inCluster(async ({ env, put }) => {
    const rights = [
      "ClusterRoleBinding tiller: kubectl delete clusterrolebinding tiller",
      "ServiceAccount tiller: kubectl delete serviceaccount tiller --namespace kube-system",
    ];
    deepEqual(await found(env), rights);
    await put(DEPLOYMENTS, tiller("tiller", "configmap"));
    deepEqual(await found(env), ["Deployment tiller-deploy: skeg reset --tiller-namespace kube-system", ...rights]);
  }));

Deno.test("tillerRest() offers nothing that a Tiller of another storage needs", () =>
  inCluster(async ({ env, put }) => {
    await put(DEPLOYMENTS, tiller("tiller", "secret"));
    deepEqual(await found(env), []);
  }));

Deno.test("tillerRest() shows no removal of what other pods or subjects use", () =>
  inCluster(async ({ env, put }) => {
    await put(`${RBAC}/clusterrolebindings`, binding("both", "tiller", "other"));
    await put(`${RBAC}/clusterrolebindings`, binding("bare", "default"));
    await put(DEPLOYMENTS, tiller(undefined, "configmap"));
    deepEqual((await found(env)).filter((line) => line.endsWith(": ")), [
      "ClusterRoleBinding bare: ",
      "ClusterRoleBinding both: ",
    ]);
    await put("/api/v1/namespaces/kube-system/pods", {
      apiVersion: "v1",
      kind: "Pod",
      metadata: { name: "job" },
      spec: { serviceAccountName: "tiller", containers: [{ name: "main", image: "main" }] },
    });
    const { parts } = await tillerRest(env);
    deepEqual(
      parts.filter(({ name }) => name === "tiller").map(({ kind, detail, removal }) => [kind, detail, removal]),
      [
        ["ClusterRoleBinding", "binds ClusterRole cluster-admin, and other pods may need it", ""],
        ["ServiceAccount", "pods use it, too: job", ""],
      ],
    );
  }));

Deno.test("tillerRest() says which lists failed, and offers nothing that it could not look into", () =>
  inCluster(async ({ env }) => {
    const { cluster } = env.kube;
    const without = async (kinds: RegExp, code: number) => {
      const transport: typeof cluster.transport = (request) => {
        if (!kinds.test(request.path)) return cluster.transport(request);
        const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, message: "no" };
        return Promise.resolve(new Response(JSON.stringify(status), { status: code }) as never);
      };
      const { parts, unseen } = await tillerRest({ ...env, kube: { ...env.kube, cluster: { ...cluster, transport } } });
      return [parts.map(({ kind, removal }) => `${kind} ${removal !== ""}`), unseen];
    };
    deepEqual(await without(/clusterrolebindings|secrets/, 403), [
      ["ServiceAccount true"],
      ["clusterrolebindings of the cluster", "secrets in namespace kube-system"],
    ]);
    deepEqual(await without(/rolebindings/, 404), [
      ["ServiceAccount true"],
      ["clusterrolebindings of the cluster", "rolebindings of the cluster", "rolebindings in namespace kube-system"],
    ]);
    deepEqual(await without(/\/pods/, 403), [
      ["ClusterRoleBinding false", "ServiceAccount false"],
      ["pods in namespace kube-system"],
    ]);
  }));
