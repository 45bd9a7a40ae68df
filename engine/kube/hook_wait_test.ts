import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { losingProxy } from "../../tests/_lib/losing_proxy.ts";
import { type FakeServer, fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText } from "../../tests/_lib/kube_by_text.ts";
import { openCluster } from "./config.ts";
import type { KubeProgress } from "./types.ts";

const JOBS = "/apis/batch/v1/namespaces/here/jobs";
const PODS = "/api/v1/namespaces/here/pods";
const JOB = "{apiVersion: batch/v1, kind: Job, metadata: {name: j}}";
const POD = "{apiVersion: v1, kind: Pod, metadata: {name: p}}";
const CRD =
  "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: things.example.com}}";

function soon(action: () => void, ms = 10): void {
  setTimeout(action, ms);
}

function jobStatus(type: string, reason = ""): Record<string, unknown> {
  return { metadata: { name: "j" }, status: { conditions: [{ type, status: "True", reason }] } };
}

function watch(
  fake: FakeServer,
  manifest: string,
  timeoutSeconds = 5,
  report?: (told: KubeProgress) => void,
): Promise<void> {
  return kubeByText(fake).watchUntilReady("here", manifest, timeoutSeconds, { report });
}

Deno.test("watchUntilReady() waits until a job completed", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" }, status: { active: 1 } });
  fake.put(`${JOBS}/other`, { metadata: { name: "other" } });
  soon(() => fake.put(`${JOBS}/other`, { ...jobStatus("Failed", "NotOurs"), metadata: { name: "other" } }), 5);
  soon(() => fake.put(`${JOBS}/j`, jobStatus("Complete")));
  const told: string[] = [];
  await watch(fake, JOB, 5, ({ verb, object, detail }) => void told.push(`${verb} ${object} ${detail}`));
  deepEqual(told, ["hook-wait Job/j 1 active, 0 failed, 0 succeeded"]);
  ok(fake.log.some((line) => line.includes("fieldSelector=metadata.name%3Dj") && line.includes("watch=true")));
});

Deno.test("watchUntilReady() fails with the reason of a failed job", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" } });
  soon(() => fake.put(`${JOBS}/j`, jobStatus("Failed", "BackoffLimitExceeded")));
  await rejects(watch(fake, JOB), { kind: "release", message: "Job failed: BackoffLimitExceeded" });
});

Deno.test("watchUntilReady() takes a deleted job for done", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" } });
  soon(() => fake.drop(`${JOBS}/j`));
  await watch(fake, JOB);
});

Deno.test("watchUntilReady() does not wait for pods", async () => {
  const fake = fakeServer();
  fake.put(`${PODS}/p`, { metadata: { name: "p" }, status: { phase: "Pending" } });
  await watch(fake, POD);
});

Deno.test("watchUntilReady() of an object that is not there runs out of time", async () => {
  await rejects(watch(fakeServer(), POD, 0.03), { kind: "timeout", message: "timed out waiting for the condition" });
});

Deno.test("watchUntilReady() of nothing fails", async () => {
  await rejects(watch(fakeServer(), "# nothing"), { message: "no objects visited" });
});

Deno.test("watchUntilReady() opens a watch again that broke off, and reads afresh when the server forgot", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" } });
  const broken: (() => Response)[] = [
    () => new Response('{"type":"MODI'),
    () => refusal(503, "ServiceUnavailable", "starting"),
    () => json({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } }),
  ];
  let lists = 0;
  fake.intercept = ({ path }) => {
    if (path.includes("watch=true")) return broken.shift()?.();
    lists += 1;
    return undefined;
  };
  soon(() => fake.put(`${JOBS}/j`, jobStatus("Complete")), 200);
  await watch(fake, JOB, 20);
  equal(lists, 2);
});

Deno.test("watchUntilReady() goes on when a connection is closed in the middle of a line", () =>
  inFolder({}, async (folder) => {
    const fake = fakeServer();
    fake.put(`${JOBS}/j`, { metadata: { name: "j" } });
    const proxy = await losingProxy(fake.transport);
    let parts = 0;
    proxy.cut = () => parts++ === 0;
    proxy.writeKubeconfig(join(folder, "config"));
    const cluster = await openCluster({ kubeconfig: join(folder, "config") });
    // The first event is cut; the fake server keeps no events for a watch that comes later.
    soon(() => fake.put(`${JOBS}/j`, { metadata: { name: "j" }, status: { active: 1 } }), 200);
    soon(() => fake.put(`${JOBS}/j`, jobStatus("Complete")), 2000);
    try {
      await kubeByText(cluster).watchUntilReady("here", JOB, 20);
      ok(parts > 1);
    } finally {
      await cluster.close();
      await proxy.close();
    }
  }));

Deno.test("watchUntilReady() ends when it is cancelled, without a limit too", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" } });
  await rejects(kubeByText(fake).watchUntilReady("here", JOB, 0, { signal: AbortSignal.timeout(20) }), {
    kind: "aborted",
  });
});

Deno.test("watchUntilReady() with a negative time limit has none, as in Helm 2", async () => {
  const fake = fakeServer();
  fake.put(`${JOBS}/j`, { metadata: { name: "j" }, status: { active: 1 } });
  soon(() => fake.put(`${JOBS}/j`, jobStatus("Complete")), 100);
  await watch(fake, JOB, -5);
  await rejects(
    kubeByText(fake).watchUntilReady("here", JOB.replace("name: j", "name: late"), -5, {
      signal: AbortSignal.timeout(50),
    }),
    {
      kind: "aborted",
    },
  );
});

Deno.test("waitUntilEstablished() waits for a CustomResourceDefinition of the current API", async () => {
  const fake = fakeServer();
  const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/things.example.com";
  fake.put(path, { metadata: { name: "things.example.com" } });
  soon(() =>
    fake.put(path, {
      metadata: { name: "things.example.com" },
      status: { conditions: [{ type: "Established", status: "True" }] },
    })
  );
  await kubeByText(fake).waitUntilEstablished(CRD, 5);
  fake.put(path, {
    metadata: { name: "things.example.com" },
    status: { conditions: [{ type: "NamesAccepted", status: "False" }] },
  });
  await rejects(kubeByText(fake).waitUntilEstablished(CRD, 5), {
    message: "naming conflict detected for CRD things.example.com",
  });
});

Deno.test("waitUntilEstablished() says when there is nothing to wait for", async () => {
  await rejects(kubeByText(fakeServer()).waitUntilEstablished(CRD, 5), {
    kind: "not-found",
    message: 'unable to get CRD: customresourcedefinitions "things.example.com" not found',
  });
  await rejects(kubeByText(fakeServer()).waitUntilEstablished(POD, 5), { kind: "release" });
});

Deno.test("completedPodPhase() waits for the end of a pod and names its phase", async () => {
  const fake = fakeServer();
  const kube = kubeByText(fake);
  for (const phase of ["Succeeded", "Failed"]) {
    fake.put(`${PODS}/p`, { metadata: { name: "p" }, status: { phase: "Running" } });
    soon(() => fake.put(`${PODS}/p`, { metadata: { name: "p" }, status: { phase } }));
    equal(await kube.completedPodPhase("here", POD, 5), phase);
  }
  fake.put(`${PODS}/p`, { metadata: { name: "p" }, status: { phase: "Running" } });
  soon(() => fake.drop(`${PODS}/p`));
  await rejects(kube.completedPodPhase("here", POD, 5), { kind: "not-found", message: "pod not found" });
  await rejects(kube.completedPodPhase("here", JOB, 5), { message: "j is not a Pod" });
});
