import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { KubeObject } from "../model/mod.ts";
import { type FakeServer, fakeServer, refusal } from "../../tests/_lib/fake_kube_server.ts";
import type { ApiResource, KubeProgress, ResourceInfo } from "./types.ts";
import { waitUntilReady } from "./wait.ts";

const CORE = "/api/v1/namespaces/here";
const APPS = "/apis/apps/v1/namespaces/here";

function info(group: string, kind: string, plural: string, object: KubeObject, version = "v1"): ResourceInfo {
  const resource: ApiResource = { group, version, kind, plural, namespaced: true };
  return { resource, name: object.metadata?.name ?? "", namespace: "here", object: { kind, ...object } };
}

function wait(fake: FakeServer, infos: ResourceInfo[], timeoutSeconds = 0.05, told: string[] = []): Promise<void> {
  const report = ({ verb, object, detail }: KubeProgress): void => void told.push(`${verb} ${object}: ${detail}`);
  return waitUntilReady(fake.transport, infos, { timeoutSeconds, firstMs: 5, report });
}

async function isReady(fake: FakeServer, infos: ResourceInfo[]): Promise<boolean> {
  try {
    await wait(fake, infos, 0.02);
    return true;
  } catch {
    return false;
  }
}

const READY = { conditions: [{ type: "Ready", status: "True" }] };

Deno.test("a pod is ready by its condition, and never once it completed", async () => {
  const fake = fakeServer();
  const pod = info("", "Pod", "pods", { metadata: { name: "p" } });
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p" }, status: { phase: "Succeeded" } });
  equal(await isReady(fake, [pod]), false);
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p" }, status: { phase: "Running", ...READY } });
  equal(await isReady(fake, [pod]), true);
});

Deno.test("a daemon set is ready when all pods are, or none is there", async () => {
  const fake = fakeServer();
  const set = info("apps", "DaemonSet", "daemonsets", {
    metadata: { name: "d" },
    spec: { selector: { matchLabels: { app: "x" } } },
  });
  equal(await isReady(fake, [set]), true);
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p", labels: { app: "x" } } });
  equal(await isReady(fake, [set]), false);
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p", labels: { app: "x" } }, status: READY });
  fake.put(`${CORE}/pods/other`, { metadata: { name: "other", labels: { app: "y" } } });
  equal(await isReady(fake, [set]), true);
});

function deployment(spec: KubeObject): KubeObject {
  return {
    metadata: { name: "d", uid: "d-uid" },
    spec: {
      replicas: 4,
      selector: { matchLabels: { app: "x" } },
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
      template: {
        metadata: { creationTimestamp: null, labels: { app: "x" } },
        spec: { containers: [{ name: "c", image: "new" }] },
      },
      ...spec,
    },
  };
}

function replicaSet(name: string, image: string, readyReplicas: number, owner = "d-uid"): KubeObject {
  return {
    metadata: {
      name,
      labels: { app: "x" },
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "d", uid: owner, controller: true }],
    },
    spec: {
      template: {
        metadata: { labels: { app: "x", "pod-template-hash": name } },
        spec: { containers: [{ name: "c", image }] },
      },
    },
    status: { readyReplicas },
  };
}

Deno.test("a deployment is ready when its new replica set has enough ready pods", async () => {
  const fake = fakeServer();
  const object = deployment({});
  const entry = info("apps", "Deployment", "deployments", object);
  fake.put(`${APPS}/deployments/d`, object);
  fake.put(`${APPS}/replicasets/old`, replicaSet("old", "old", 4));
  fake.put(`${APPS}/replicasets/foreign`, replicaSet("foreign", "new", 4, "somebody"));
  const told: string[] = [];
  await rejects(wait(fake, [entry], 0.02, told), {
    kind: "timeout",
    message: "timed out waiting for the condition",
    details: "  Deployment/d   its new replica set does not exist yet",
    hint: "Look closer: kubectl describe deployment d --namespace here",
  });
  deepEqual(told.slice(0, 2), ["wait-start : ", "wait Deployment/d: its new replica set does not exist yet"]);
  fake.put(`${APPS}/replicasets/new`, replicaSet("new", "new", 2));
  equal(await isReady(fake, [entry]), false);
  fake.put(`${APPS}/replicasets/new`, replicaSet("new", "new", 3));
  equal(await isReady(fake, [entry]), true);
});

Deno.test("a strict wait wants more than Helm's", async () => {
  const fake = fakeServer();
  const object = { ...deployment({}), status: { replicas: 4, updatedReplicas: 4, availableReplicas: 3 } };
  const entry = info("apps", "Deployment", "deployments", object);
  fake.put(`${APPS}/deployments/d`, object);
  fake.put(`${APPS}/replicasets/new`, replicaSet("new", "new", 3));
  equal(await isReady(fake, [entry]), true);
  const strictly = (timeoutSeconds: number) =>
    waitUntilReady(fake.transport, [entry], { timeoutSeconds, firstMs: 5, waitStrict: true });
  await rejects(strictly(0.02), { details: "  Deployment/d   3 of 4 pods are available" });
  fake.put(`${APPS}/deployments/d`, { ...object, status: { replicas: 4, updatedReplicas: 4, availableReplicas: 4 } });
  await strictly(10);
});

Deno.test("a wait tells what it waits for, and when that has become ready", async () => {
  const fake = fakeServer();
  const told: string[] = [];
  const running = { metadata: { name: "p" }, status: { phase: "Running" } };
  fake.put(`${CORE}/pods/p`, running);
  const waiting = wait(fake, [info("", "Pod", "pods", { metadata: { name: "p" } })], 10, told);
  while (told.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  fake.put(`${CORE}/pods/p`, { ...running, status: { phase: "Running", ...READY } });
  await waiting;
  deepEqual(told.map((line) => line.replace(/:.*/, "")), ["wait-start ", "wait Pod/p", "ready Pod/p"]);
});

Deno.test("a paused deployment is not waited for", async () => {
  const fake = fakeServer();
  fake.put(`${APPS}/deployments/d`, deployment({ paused: true }));
  equal(await isReady(fake, [info("apps", "Deployment", "deployments", { metadata: { name: "d" } })]), true);
});

Deno.test("a deployment of an old API is read through apps/v1", async () => {
  const fake = fakeServer();
  fake.put(`${APPS}/deployments/d`, deployment({ paused: true }));
  const old = info("extensions", "Deployment", "deployments", { metadata: { name: "d" } }, "v1beta1");
  equal(await isReady(fake, [old]), true);
  ok(fake.log.every((line) => line.startsWith(`GET ${APPS}/`)));
});

Deno.test("a claim is ready when it is bound", async () => {
  const fake = fakeServer();
  const claim = info("", "PersistentVolumeClaim", "persistentvolumeclaims", { metadata: { name: "c" } });
  fake.put(`${CORE}/persistentvolumeclaims/c`, { metadata: { name: "c" }, status: { phase: "Pending" } });
  equal(await isReady(fake, [claim]), false);
  fake.put(`${CORE}/persistentvolumeclaims/c`, { metadata: { name: "c" }, status: { phase: "Bound" } });
  equal(await isReady(fake, [claim]), true);
});

Deno.test("a service is ready when it has its address", async () => {
  const fake = fakeServer();
  const service = info("", "Service", "services", { metadata: { name: "s" } });
  const cases: [KubeObject, boolean][] = [
    [{ spec: {} }, false],
    [{ spec: { clusterIP: "None" } }, true],
    [{ spec: { clusterIP: "10.0.0.1" } }, true],
    [{ spec: { type: "ExternalName" } }, true],
    [{ spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" }, status: { loadBalancer: {} } }, false],
    [{
      spec: { type: "LoadBalancer", clusterIP: "10.0.0.1" },
      status: { loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } },
    }, true],
  ];
  for (const [object, want] of cases) {
    fake.put(`${CORE}/services/s`, { metadata: { name: "s" }, ...object });
    equal(await isReady(fake, [service]), want, JSON.stringify(object));
  }
});

Deno.test("other kinds, and versions that Tiller did not know, are not waited for", async () => {
  const fake = fakeServer();
  await wait(fake, [
    info("batch", "Job", "jobs", { metadata: { name: "j" } }),
    info("", "ConfigMap", "configmaps", { metadata: { name: "m" } }),
    info("serving.knative.dev", "Service", "services", { metadata: { name: "k" } }),
  ]);
  deepEqual(fake.log, []);
});

// Pins Q43.
Deno.test("a wait survives failures that pass, and ends at others", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p" }, status: READY });
  const pod = info("", "Pod", "pods", { metadata: { name: "p" } });
  let failures = 2;
  fake.intercept = () => failures-- > 0 ? refusal(503, "ServiceUnavailable", "starting") : undefined;
  await wait(fake, [pod], 5);
  fake.intercept = () => refusal(403, "Forbidden", "no");
  await rejects(wait(fake, [pod], 5), { kind: "kube", message: "no" });
});

Deno.test("a wait without a limit ends when it is cancelled", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/pods/p`, { metadata: { name: "p" } });
  const signal = AbortSignal.timeout(20);
  const pod = info("", "Pod", "pods", { metadata: { name: "p" } });
  await rejects(waitUntilReady(fake.transport, [pod], { timeoutSeconds: 0, firstMs: 5, signal }), {
    kind: "aborted",
  });
});
