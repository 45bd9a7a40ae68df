/** Waits over a server that fails, forbids, forgets and is slow. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { type FakeServer, fakeServer, json, refusal } from "../../../tests/_lib/fake_kube_server.ts";
import type { SkegError } from "../../../errors.ts";
import type { KubeProgress, ResourceInfo } from "../types.ts";
import { waitUntilReady } from "../wait.ts";
import type { WaitSettings } from "./settings.ts";

const CORE = "/api/v1/namespaces/here";
const APPS = "/apis/apps/v1/namespaces/here";

function info(group: string, kind: string, object: KubeObject): ResourceInfo {
  const plural = `${kind.toLowerCase()}s`;
  const resource = { group, version: "v1", kind, plural, namespaced: true };
  return { resource, name: object.metadata?.name ?? "", namespace: "here", object: { kind, ...object } };
}

const selector = { matchLabels: { app: "web" } };
const template = { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "web", image: "web:1" }] } };

/** A Deployment of one pod, its replica set, and its pod in a state. */
function putWeb(
  fake: FakeServer,
  pod: Record<string, unknown> | undefined,
  set: Record<string, unknown> = {},
): ResourceInfo {
  const own = (
    kind: string,
    name: string,
    uid: string,
  ): object[] => [{ apiVersion: "apps/v1", kind, name, uid, controller: true }];
  const deployment = { metadata: { name: "web", uid: "d", generation: 1 }, spec: { replicas: 1, selector, template } };
  fake.put(`${APPS}/deployments/web`, {
    ...deployment,
    status: { observedGeneration: 1, replicas: 1, updatedReplicas: 1 },
  });
  fake.put(`${APPS}/replicasets/web-1`, {
    metadata: {
      name: "web-1",
      uid: "rs",
      labels: { app: "web" },
      ownerReferences: own("Deployment", "web", "d") as never,
    },
    spec: { replicas: 1, template },
    ...set,
  });
  if (pod !== undefined) {
    fake.put(`${CORE}/pods/web-1-a`, {
      metadata: {
        name: "web-1-a",
        uid: "pod",
        labels: { app: "web" },
        ownerReferences: own("ReplicaSet", "web-1", "rs") as never,
      },
      status: pod,
    });
  }
  return info("apps", "Deployment", deployment);
}

const waitingPod = (reason: string, message = "", more: object = {}) => ({
  phase: "Pending",
  containerStatuses: [{ name: "web", ready: false, restartCount: 0, state: { waiting: { reason, message } }, ...more }],
});
const CRASH = waitingPod("CrashLoopBackOff", "back-off 40s restarting failed container", {
  restartCount: 4,
  lastState: { terminated: { exitCode: 3, reason: "Error" } },
});
const ROLLED_OUT = { observedGeneration: 1, replicas: 1, updatedReplicas: 1, availableReplicas: 1 };

interface Asked {
  readonly told: KubeProgress[];
  readonly done: Promise<void>;
}

function wait(
  fake: FakeServer,
  infos: readonly ResourceInfo[],
  waiting: WaitSettings = {},
  timeoutSeconds = 20,
): Asked {
  const told: KubeProgress[] = [];
  const done = waitUntilReady(fake.transport, infos, {
    timeoutSeconds,
    firstMs: 0,
    report: (progress) => told.push(progress),
    waiting: { waitStrict: true, ...waiting },
  });
  done.catch(() => {});
  return { told, done };
}

const notes = ({ told }: Asked): string[] =>
  told.filter(({ verb }) => verb === "wait-note").map(({ detail }) => detail);
const soon = (action: () => void, ms: number): void => void setTimeout(action, ms);

async function failureOf(asked: Asked): Promise<SkegError> {
  let found: unknown;
  await rejects(asked.done, (error) => {
    found = error;
    return true;
  });
  return found as SkegError;
}

function becomeReady(fake: FakeServer): void {
  fake.put(`${APPS}/deployments/web`, { ...fake.objects.get(`${APPS}/deployments/web`), status: ROLLED_OUT });
}

Deno.test("a wait notices within 200 ms that an object is ready", async () => {
  const fake = fakeServer();
  const asked = wait(fake, [putWeb(fake, { phase: "Pending" })]);
  let readyMs = 0;
  soon(() => {
    readyMs = performance.now();
    becomeReady(fake);
  }, 300);
  await asked.done;
  const lateMs = performance.now() - readyMs;
  ok(lateMs < 200, `${lateMs} ms`);
});

Deno.test("a wait names the pod in trouble before pods that only begin", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  const first = fake.objects.get(`${CORE}/pods/web-1-a`);
  for (const letter of ["b", "c", "d"]) {
    const metadata = { ...first?.metadata, name: `web-1-${letter}`, uid: `pod-${letter}` };
    fake.put(`${CORE}/pods/web-1-${letter}`, {
      ...first,
      metadata,
      status: letter === "d" ? CRASH : { phase: "Pending" },
    });
  }
  const asked = wait(fake, [entry], {}, 2);
  const { details } = await failureOf(asked);
  match(details ?? "", /\n {4}pod web-1-d {3}CrashLoopBackOff, 4 restarts, exit code 3\n {4}pod web-1-a /);
  match(details ?? "", /\n {4}… and 1 more pod$/m);
  equal(asked.told.findLast(({ pods = [] }) => pods.length === 4)?.pods?.[0]?.name, "web-1-d");
});

Deno.test("a wait survives watches that end at once, that break, and that the server has forgotten", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  const answers = [
    () => new Response(""),
    () => new Response('{"type":"MODI'),
    () => json({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } }),
  ];
  fake.intercept = ({ path }) =>
    path.includes("/deployments?") && path.includes("watch=true") ? answers.shift()?.() : undefined;
  const asked = wait(fake, [entry]);
  soon(() => becomeReady(fake), 500);
  await asked.done;
  equal(answers.length, 0);
});

Deno.test("a wait without the right to watch lists every two seconds, and says so once", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  fake.intercept = ({ path }) => path.includes("watch=true") ? refusal(403, "Forbidden", "no") : undefined;
  const asked = wait(fake, [entry]);
  soon(() => becomeReady(fake), 1500);
  await asked.done;
  deepEqual(notes(asked).filter((text) => text.startsWith("deployments")), [
    "deployments in here may not be watched, so they are listed every 2 s",
  ]);
});

Deno.test("a wait without the right to list reads each object by itself, and ends when that is forbidden too", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  fake.intercept = ({ path }) => /deployments(\?|$)/.test(path) ? refusal(403, "Forbidden", "no") : undefined;
  const asked = wait(fake, [entry]);
  soon(() => becomeReady(fake), 500);
  await asked.done;
  equal(notes(asked)[0], "deployments in here may not be listed, so each is read by itself every 2 s");
  fake.intercept = () => refusal(403, "Forbidden", "no");
  await rejects(wait(fake, [entry]).done, { kind: "kube", message: "no" });
});

Deno.test("a wait without rights on pods and events has the same verdict and shorter reasons", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, CRASH);
  fake.intercept = ({ path }) => /\/(pods|events)(\?|$)/.test(path) ? refusal(403, "Forbidden", "no") : undefined;
  const asked = wait(fake, [entry], {}, 2);
  const { kind, details } = await failureOf(asked);
  equal(kind, "timeout");
  equal(details, "  Deployment/web   0 of 1 pods are available");
  deepEqual(notes(asked).sort(), [
    "events may not be read, so reasons are without them",
    "pods may not be read, so reasons are without them",
  ]);
});

Deno.test("a fresh read confirms what the watches say", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  let lists = 0;
  const stale = json({
    kind: "DeploymentList",
    metadata: { resourceVersion: "1" },
    items: [fake.objects.get(`${APPS}/deployments/web`)],
  });
  const text = await stale.text();
  fake.intercept = ({ path }) => {
    if (!/deployments\?/.test(path) || path.includes("watch=true")) return undefined;
    // The second list, which confirms, is older than the watch.
    return ++lists === 2 ? new Response(text) : undefined;
  };
  const asked = wait(fake, [entry]);
  soon(() => becomeReady(fake), 1200);
  soon(() => becomeReady(fake), 2500);
  await asked.done;
  ok(lists >= 3, `${lists} lists`);
});

Deno.test("an object that is deleted during the wait ends it; a Job that is removed when it is done does not", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, { phase: "Pending" });
  const asked = wait(fake, [entry]);
  soon(() => fake.drop(`${APPS}/deployments/web`), 200);
  await rejects(asked.done, { kind: "not-found" });
  const job = info("batch", "Job", { metadata: { name: "j" }, spec: { ttlSecondsAfterFinished: 0 } });
  fake.put("/apis/batch/v1/namespaces/here/jobs/j", { ...job.object, status: { active: 1 } });
  const second = wait(fake, [job], { waitJobs: true });
  soon(() => fake.drop("/apis/batch/v1/namespaces/here/jobs/j"), 200);
  await second.done;
});

Deno.test("waitJobs, waitIgnore and the annotation choose the objects", async () => {
  const fake = fakeServer();
  const job = info("batch", "Job", { metadata: { name: "j" } });
  fake.put("/apis/batch/v1/namespaces/here/jobs/j", { ...job.object, status: { active: 1 } });
  await wait(fake, [job]).done;
  const late = wait(fake, [job], { waitJobs: true }, 0.1);
  equal((await failureOf(late)).details, "  Job/j   0 of 1 done, 1 running");
  for (const waitIgnore of [["Job/j"], ["jobs"], ["job"]]) await wait(fake, [job], { waitJobs: true, waitIgnore }).done;
  const other = wait(fake, [job], { waitJobs: true, waitIgnore: ["Job/other"] }, 0.1);
  await rejects(other.done, { kind: "timeout" });
  deepEqual(notes(other), ["--wait-ignore Job/other names no object"]);
  const annotated = { ...job, object: { metadata: { name: "j", annotations: { "skeg.dev/wait": "false" } } } };
  await wait(fake, [annotated], { waitStrict: "all" }).done;
});

/** One failure: its pod or set, the words of the error. A scale of 1/30 makes 10 s a third of a second. */
const FAILURES: readonly [
  title: string,
  pod: Record<string, unknown> | undefined,
  words: RegExp,
  set?: Record<string, unknown>,
][] = [
  ["an invalid image name", waitingPod("InvalidImageName", "couldn't parse"), /image cannot be used: couldn't parse/],
  [
    "an image that is not there",
    waitingPod("ImagePullBackOff", 'Back-off: "web:1": manifest unknown: not found'),
    /image not found/,
  ],
  [
    "an image without right",
    waitingPod("ErrImagePull", "unauthorized: authentication required"),
    /image may not be pulled/,
  ],
  ["a missing Secret", waitingPod("CreateContainerConfigError", 'secret "db" not found'), /secret "db" not found/],
  [
    "a command that is not there",
    waitingPod("RunContainerError", "exec: not in path"),
    /container web cannot be started: exec: not in path/,
  ],
  ["a crash", CRASH, /container web crashes: exit code 3/],
  [
    "a crash for lack of memory",
    waitingPod("CrashLoopBackOff", "", {
      restartCount: 3,
      lastState: { terminated: { exitCode: 137, reason: "OOMKilled" } },
    }),
    /container web crashes: OOMKilled/,
  ],
  [
    "no node",
    {
      phase: "Pending",
      conditions: [{ type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" }],
    },
    /no node for pod web-1-a: 0\/3 nodes/,
  ],
  [
    "a quota",
    undefined,
    /no pods: exceeded quota team \(cpu 4 of 4, 500m asked\)/,
    {
      status: {
        conditions: [{
          type: "ReplicaFailure",
          status: "True",
          reason: "FailedCreate",
          message:
            'pods "web-1-x" is forbidden: exceeded quota: team, requested: cpu=500m, used: cpu=4, limited: cpu=4',
        }],
      },
    },
  ],
];

for (const [title, pod, words, set] of FAILURES) {
  Deno.test(`failFastSeconds ends the wait early at ${title}`, async () => {
    const fake = fakeServer();
    const entry = putWeb(fake, pod, set);
    const start = performance.now();
    const { kind, message, details } = await failureOf(wait(fake, [entry], { failFastSeconds: 1 }));
    const seconds = (performance.now() - start) / 1000;
    equal(kind, "unready");
    match(message, words);
    ok(message.startsWith("Deployment/web cannot become ready: "), message);
    match(details ?? "", /^ {2}Deployment\/web {3}/);
    ok(seconds < 2 + 3, `${seconds} s`);
  });
}

Deno.test("failFastSeconds does not end the wait for a failure that passes, or for pods of an older version", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, waitingPod("ImagePullBackOff", "connection refused"));
  const asked = wait(fake, [entry], { failFastSeconds: 3 });
  soon(() => putWeb(fake, { phase: "Running" }), 500);
  soon(() => becomeReady(fake), 1500);
  await asked.done;
  const old = fakeServer();
  const second = putWeb(old, { phase: "Pending" });
  const owner = [{ apiVersion: "apps/v1", kind: "ReplicaSet", name: "web-0", uid: "old", controller: true }];
  old.put(`${APPS}/replicasets/web-0`, {
    metadata: { name: "web-0", uid: "old", ownerReferences: [{ ...owner[0], kind: "Deployment", uid: "d" }] as never },
    spec: { template: { ...template, spec: {} } },
  });
  old.put(`${CORE}/pods/web-0-a`, {
    metadata: { name: "web-0-a", labels: { app: "web" }, ownerReferences: owner as never },
    status: CRASH,
  });
  soon(() => becomeReady(old), 1000);
  await wait(old, [second], { failFastSeconds: 0 }).done;
});

Deno.test("failFastSeconds ends at a claim whose storage class does not exist, and at a failed Job", async () => {
  const fake = fakeServer();
  fake.put("/apis/storage.k8s.io/v1/storageclasses/fast", { metadata: { name: "fast" } });
  const claim = info("", "PersistentVolumeClaim", { metadata: { name: "data" }, spec: { storageClassName: "slow" } });
  fake.put(`${CORE}/persistentvolumeclaims/data`, { ...claim.object, status: { phase: "Pending" } });
  const first = await failureOf(wait(fake, [claim], { waitStrict: "all", failFastSeconds: 1 }));
  equal(first.message, 'PersistentVolumeClaim/data cannot become ready: storage class "slow" does not exist');
  const job = info("batch", "Job", { metadata: { name: "j" } });
  fake.put("/apis/batch/v1/namespaces/here/jobs/j", {
    ...job.object,
    status: { conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }] },
  });
  const second = await failureOf(wait(fake, [job], { waitJobs: true, failFastSeconds: 30 }));
  equal(second.message, "Job/j cannot become ready: BackoffLimitExceeded");
});

Deno.test("annotations of werf say what a failure does", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, CRASH);
  const withMode = (mode: string): ResourceInfo => ({
    ...entry,
    object: { ...entry.object, metadata: { ...entry.object.metadata, annotations: { "werf.io/fail-mode": mode } } },
  });
  await wait(fake, [withMode("IgnoreAndContinueDeployProcess")], { failFastSeconds: 1 }).done;
  const hoping = wait(fake, [withMode("HopeUntilEndOfDeployProcess")], { failFastSeconds: 1 }, 1);
  await rejects(hoping.done, { kind: "timeout" });
});

Deno.test("an error shows the last lines of a crashed container, without the values of the release's Secrets", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, CRASH);
  const secret = info("", "Secret", { metadata: { name: "db" }, data: { password: btoa("hunter22") } });
  const asked: string[] = [];
  fake.intercept = ({ path }) => {
    if (!path.includes("/log")) return undefined;
    asked.push(path);
    return new Response("connecting\nlogin as web with hunter22 failed\n");
  };
  const { details, hint } = await failureOf(wait(fake, [entry, secret], {}, 0.5));
  equal(
    details,
    "  Deployment/web   0 of 1 pods are available\n" +
      "    pod web-1-a   CrashLoopBackOff, 4 restarts, exit code 3\n" +
      "      | connecting\n" +
      "      | login as web with *** failed",
  );
  equal(hint, "Read its log: kubectl logs web-1-a --namespace here --container web --previous");
  deepEqual(asked, [`${CORE}/pods/web-1-a/log?container=web&previous=true&tailLines=20&limitBytes=65536`]);
  const silent = await failureOf(wait(fake, [entry], { logLines: 0 }, 0.5));
  ok(!silent.details?.includes("|"));
});

Deno.test("a negative time limit is over after the first look, which may be enough; 0 is none", async () => {
  const fake = fakeServer();
  const entry = putWeb(fake, CRASH);
  const startMs = performance.now();
  const { kind, details } = await failureOf(wait(fake, [entry], {}, -5));
  equal(kind, "timeout");
  match(details ?? "", /CrashLoopBackOff/);
  ok(performance.now() - startMs < 2000);
  const patient = wait(fake, [entry], {}, 0);
  soon(() => becomeReady(fake), 300);
  await patient.done;
  await wait(fake, [entry], {}, -5).done;
});

Deno.test("a wait for a thousand Deployments sends a handful of requests", async () => {
  const fake = fakeServer();
  const entries = Array.from({ length: 1000 }, (_, index) => {
    const name = `web-${index}`;
    const labels = { matchLabels: { app: name } };
    const object = { metadata: { name, uid: name, generation: 1 }, spec: { replicas: 1, selector: labels, template } };
    fake.put(`${APPS}/deployments/${name}`, { ...object, status: { observedGeneration: 1 } });
    return info("apps", "Deployment", object);
  });
  const asked = wait(fake, entries, {}, 60);
  soon(() => {
    for (const { name, object } of entries) fake.put(`${APPS}/deployments/${name}`, { ...object, status: ROLLED_OUT });
  }, 2000);
  await asked.done;
  ok(fake.requests.length <= 12, fake.log.join("\n"));
  ok(fake.requests.every(({ path }) => path.length < 8000));
});
