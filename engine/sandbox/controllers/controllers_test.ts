import { deepEqual, equal, match, ok } from "node:assert/strict";
import { configMap, core, type Fixture, grouped, openFixture, workload } from "../_fixture.ts";

// deno-lint-ignore no-explicit-any
type Found = any;

async function items(t: Fixture, path: string): Promise<Found[]> {
  return (await t.ask("GET", path)).body.items;
}

async function names(t: Fixture, path: string): Promise<string[]> {
  return (await items(t, path)).map((item) => item.metadata.name);
}

/** Does all that is owed, now and in a moment. */
async function settle(t: Fixture): Promise<void> {
  for (let n = 0; n < 5; n++) {
    await t.sandbox.settle();
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  await t.sandbox.settle();
}

const DEPLOYMENTS = grouped("apps/v1", "deployments");
const SETS = grouped("apps/v1", "replicasets");
const MERGE = { contentType: "application/merge-patch+json" };
const STRATEGIC = { contentType: "application/strategic-merge-patch+json" };

Deno.test("a Deployment gets a ReplicaSet and ready pods", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web", { replicas: 2 }));
  await settle(t);
  const [set] = await items(t, SETS);
  match(set.metadata.name, /^web-[a-z0-9]+$/);
  equal(set.metadata.labels["pod-template-hash"], set.metadata.name.slice("web-".length));
  const pods = await items(t, core("pods"));
  deepEqual(pods.map((pod) => pod.status.phase), ["Running", "Running"]);
  const { body } = await t.ask("GET", `${DEPLOYMENTS}/web`);
  equal(body.metadata.annotations["deployment.kubernetes.io/revision"], "1");
  equal(body.status.availableReplicas, 2);
  equal(body.status.observedGeneration, 1);
  deepEqual(body.status.conditions.map((c: Found) => `${c.type}=${c.status} ${c.reason}`), [
    "Available=True MinimumReplicasAvailable",
    "Progressing=True NewReplicaSetAvailable",
  ]);
});

Deno.test("a changed template rolls out, and going back takes the old ReplicaSet again", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web", { replicas: 3 }));
  await settle(t);
  const [first] = await names(t, SETS);
  const image = (tag: string): unknown => ({
    spec: { template: { spec: { containers: [{ name: "main", image: `example.invalid/image:${tag}` }] } } },
  });
  await t.ask("PATCH", `${DEPLOYMENTS}/web`, image("2"), STRATEGIC);
  await settle(t);
  const sizes = async (): Promise<Record<string, number>> =>
    Object.fromEntries(
      (await items(t, SETS)).map((set) => [set.metadata.name === first ? "first" : "second", set.spec.replicas]),
    );
  deepEqual(await sizes(), { first: 0, second: 3 });
  await t.ask("PATCH", `${DEPLOYMENTS}/web`, image("1"), STRATEGIC);
  await settle(t);
  deepEqual(await sizes(), { first: 3, second: 0 });
  const { body } = await t.ask("GET", `${DEPLOYMENTS}/web`);
  equal(body.metadata.annotations["deployment.kubernetes.io/revision"], "3");
});

Deno.test("deleting a Deployment takes its ReplicaSet and pods along; Orphan leaves them", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  await settle(t);
  await t.ask("DELETE", `${DEPLOYMENTS}/web`, { propagationPolicy: "Orphan" });
  await settle(t);
  const [set] = await items(t, SETS);
  equal(set.metadata.ownerReferences, undefined);
  await t.ask("DELETE", `${SETS}/${set.metadata.name}`, { propagationPolicy: "Foreground" });
  await settle(t);
  deepEqual(await names(t, core("pods")), []);
  deepEqual(await names(t, SETS), []);
});

Deno.test("a pod that is deleted is made anew", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  await settle(t);
  const [before] = await names(t, core("pods"));
  await t.ask("DELETE", core(`pods/${before}`));
  await settle(t);
  const [after] = await names(t, core("pods"));
  ok(after !== undefined && after !== before);
});

Deno.test("a Job succeeds, and one that is marked fails when its backoff is used up", async () => {
  await using t = await openFixture();
  const jobs = grouped("batch/v1", "jobs");
  await t.ask("POST", jobs, workload("Job", "good", { completions: 2, parallelism: 2 }));
  const bad = workload("Job", "bad", { backoffLimit: 1 }) as Found;
  bad.spec.template.metadata.annotations = { "skeg.dev/fail": "true" };
  await t.ask("POST", jobs, bad);
  await settle(t);
  await settle(t);
  const good = (await t.ask("GET", `${jobs}/good`)).body.status;
  equal(good.succeeded, 2);
  deepEqual(good.conditions.map((c: Found) => c.type), ["SuccessCriteriaMet", "Complete"]);
  const failed = (await t.ask("GET", `${jobs}/bad`)).body.status;
  equal(failed.failed, 2);
  equal(failed.conditions.at(-1).reason, "BackoffLimitExceeded");
});

Deno.test("a StatefulSet has numbered pods and claims that are bound", async () => {
  await using t = await openFixture();
  const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
  const spec = {
    replicas: 2,
    serviceName: "db",
    volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim }],
  };
  await t.ask("POST", grouped("apps/v1", "statefulsets"), workload("StatefulSet", "db", spec));
  for (let n = 0; n < 3; n++) await settle(t);
  deepEqual(await names(t, core("pods")), ["db-0", "db-1"]);
  const claims = await items(t, core("persistentvolumeclaims"));
  deepEqual(claims.map((c) => [c.metadata.name, c.status.phase]), [["data-db-0", "Bound"], ["data-db-1", "Bound"]]);
  const { body } = await t.ask("GET", grouped("apps/v1", "statefulsets/db"));
  equal(body.status.readyReplicas, 2);
});

Deno.test("a claim that asks for class none stays pending, and so does its pod", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("persistentvolumeclaims"), {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "c" },
    spec: { storageClassName: "none", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  });
  await t.ask("POST", core("pods"), {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: {
      containers: [{ name: "a", image: "b" }],
      volumes: [{ name: "v", persistentVolumeClaim: { claimName: "c" } }],
    },
  });
  await settle(t);
  equal((await t.ask("GET", core("persistentvolumeclaims/c"))).body.status.phase, "Pending");
  const pod = (await t.ask("GET", core("pods/p"))).body;
  equal(pod.status.phase, "Pending");
  equal(pod.status.conditions[0].reason, "Unschedulable");
});

Deno.test("a DaemonSet has one pod on every node", async () => {
  await using t = await openFixture();
  await t.ask("POST", grouped("apps/v1", "daemonsets"), workload("DaemonSet", "agent"));
  await settle(t);
  const pods = await items(t, core("pods"));
  deepEqual(pods.map((pod) => pod.spec.nodeName).sort(), ["node-1", "node-2", "node-3"]);
  equal((await t.ask("GET", grouped("apps/v1", "daemonsets/agent"))).body.status.numberReady, 3);
});

Deno.test("a Service gets an address, endpoints and, when it asks, a load balancer", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web", { replicas: 2 }));
  const spec = { type: "LoadBalancer", selector: { app: "web" }, ports: [{ port: 80 }] };
  const service = { apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec };
  const made = (await t.ask("POST", core("services"), service)).body;
  match(made.spec.clusterIP, /^10\.96\./);
  equal(made.spec.ports[0].targetPort, 80);
  await settle(t);
  const [subset] = (await t.ask("GET", core("endpoints/web"))).body.subsets;
  equal(subset.addresses.length, 2);
  ok((await t.ask("GET", core("services/web"))).body.status.loadBalancer.ingress[0].ip);
});

Deno.test("a deleted namespace takes everything in it along", async () => {
  await using t = await openFixture();
  await t.ask("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "team" } });
  await settle(t);
  deepEqual(await names(t, core("serviceaccounts", "team")), ["default"]);
  await t.ask("POST", core("configmaps", "team"), configMap("a"));
  const marked = await t.ask("DELETE", "/api/v1/namespaces/team");
  equal(marked.body.status.phase, "Terminating");
  const refused = await t.ask("POST", core("configmaps", "team"), configMap("b"));
  match(refused.body.message, /unable to create new content in namespace team because it is being terminated$/);
  await settle(t);
  equal((await t.ask("GET", "/api/v1/namespaces/team")).status, 404);
  deepEqual(await names(t, core("configmaps", "team")), []);
});

Deno.test("eviction meets a disruption budget", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  await t.ask("POST", grouped("policy/v1", "poddisruptionbudgets"), {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
  });
  await settle(t);
  const [pod] = await names(t, core("pods"));
  const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod } };
  const refused = await t.ask("POST", core(`pods/${pod}/eviction`), eviction);
  equal(refused.status, 429);
  equal(refused.body.message, "Cannot evict pod as it would violate the pod's disruption budget.");
});

Deno.test("eviction meets budgets by all of their selector", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  const budget = (name: string, values: readonly string[]): Promise<unknown> =>
    t.ask("POST", grouped("policy/v1", "poddisruptionbudgets"), {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name },
      spec: { minAvailable: 1, selector: { matchExpressions: [{ key: "app", operator: "In", values }] } },
    });
  await budget("other", ["other"]);
  await settle(t);
  const evict = async (): Promise<number> => {
    const [pod] = await names(t, core("pods"));
    const eviction = { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: pod } };
    return (await t.ask("POST", core(`pods/${pod}/eviction`), eviction)).status;
  };
  equal(await evict(), 201);
  await budget("web", ["web"]);
  await settle(t);
  equal(await evict(), 429);
});

Deno.test("scale changes replicas through the subresource", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  await settle(t);
  const scaled = await t.ask("PATCH", `${DEPLOYMENTS}/web/scale`, { spec: { replicas: 3 } }, MERGE);
  deepEqual([scaled.body.kind, scaled.body.spec.replicas, scaled.body.status.selector], ["Scale", 3, "app=web"]);
  await settle(t);
  equal((await names(t, core("pods"))).length, 3);
});

Deno.test("a pod's log is one line, and refuses when the container is not said", async () => {
  await using t = await openFixture();
  const containers = [{ name: "a", image: "x" }, { name: "b", image: "x" }];
  await t.ask("POST", core("pods"), { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } });
  await settle(t);
  const refused = await t.ask("GET", core("pods/p/log"));
  equal(refused.body.message, "a container name must be specified for pod p, choose one of: [a b]");
  match((await t.ask("GET", core("pods/p/log?container=b"))).body, /^sandbox: .*\n$/);
});

Deno.test("pods count as available when they have been ready for minReadySeconds", async () => {
  let now = Date.now();
  await using t = await openFixture({ clock: () => new Date(now) });
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web", { replicas: 2, minReadySeconds: 60 }));
  await settle(t);
  const counts = async (): Promise<unknown[]> => {
    const { body } = await t.ask("GET", `${DEPLOYMENTS}/web`);
    const available = body.status.conditions.find((c: Found) => c.type === "Available");
    return [body.status.readyReplicas, body.status.availableReplicas, available.status];
  };
  deepEqual(await counts(), [2, undefined, "False"]);
  now += 61_000;
  // The controllers' own timer runs in real time; a change of the set makes them look at once.
  const [set] = await items(t, SETS);
  await t.ask("PATCH", `${SETS}/${set.metadata.name}`, { metadata: { labels: { seen: "1" } } }, MERGE);
  await settle(t);
  deepEqual(await counts(), [2, 2, "True"]);
});

Deno.test("a changed minReadySeconds reaches the ReplicaSet", async () => {
  await using t = await openFixture();
  await t.ask("POST", DEPLOYMENTS, workload("Deployment", "web"));
  await settle(t);
  await t.ask("PATCH", `${DEPLOYMENTS}/web`, { spec: { minReadySeconds: 5 } }, MERGE);
  await settle(t);
  deepEqual((await items(t, SETS)).map((set) => set.spec.minReadySeconds), [5]);
});

Deno.test("a DaemonSet replaces as many pods at once as maxUnavailable says", async () => {
  let now = Date.now();
  await using t = await openFixture({ clock: () => new Date(now) });
  const path = grouped("apps/v1", "daemonsets");
  for (const limit of [1, 2]) {
    const updateStrategy = { type: "RollingUpdate", rollingUpdate: { maxUnavailable: limit } };
    const name = `agent-${limit}`;
    await t.ask("POST", path, workload("DaemonSet", name, { minReadySeconds: 60, updateStrategy }));
    await settle(t);
    now += 61_000;
    const containers = [{ name: "main", image: "example.invalid/image:2" }];
    await t.ask("PATCH", `${path}/${name}`, { spec: { template: { spec: { containers } } } }, STRATEGIC);
    await settle(t);
    const { status } = (await t.ask("GET", `${path}/${name}`)).body;
    // The new pods are ready, and not available for a minute: the update waits for them.
    const { updatedNumberScheduled, numberReady, numberAvailable } = status;
    deepEqual([updatedNumberScheduled, numberReady, numberAvailable], [limit, 3, 3 - limit]);
  }
});

Deno.test("controllers own the fields that they write, as in a real cluster", async () => {
  await using t = await openFixture();
  await t.ask("POST", `${DEPLOYMENTS}?fieldManager=me`, workload("Deployment", "web"));
  await settle(t);
  const managers = (object: Found): string[] =>
    object.metadata.managedFields.map((m: Found) => `${m.manager} ${m.subresource ?? ""}`.trim()).sort();
  const { body } = await t.ask("GET", `${DEPLOYMENTS}/web`);
  deepEqual(managers(body), ["kube-controller-manager status", "me"]);
  const own = body.metadata.managedFields.find((m: Found) => m.subresource === "status").fieldsV1;
  // The controller notes the revision with the status.
  deepEqual(own["f:metadata"], { "f:annotations": { ".": {}, "f:deployment.kubernetes.io/revision": {} } });
  deepEqual(managers((await items(t, SETS))[0]), ["kube-controller-manager", "kube-controller-manager status"]);
  const [pod] = await items(t, core("pods"));
  deepEqual(managers(pod), ["kube-controller-manager", "kubelet status"]);
  // What admission adds to a pod belongs to no manager.
  const spec =
    pod.metadata.managedFields.find((m: Found) => m.manager === "kube-controller-manager").fieldsV1["f:spec"];
  deepEqual(["f:tolerations", "f:priority"].filter((field) => field in spec), []);
});
