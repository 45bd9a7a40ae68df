/**
 * Lives of a release with lost answers. A proxy between the client and the API
 * server passes a request on, reads the answer, and closes the connection or
 * sends the request again. This must have no effect: every operation succeeds,
 * nothing is created twice, and nothing is left over.
 *
 * `SKEG_RESILIENCE=all` loses each answer of a life once, every n-th one for n up
 * to 30, and one in ten at random; otherwise only a few answers are lost.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { type Cluster, createKubeClient, openCluster } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Chart, KubeObject } from "../../engine/model/mod.ts";
import { configMapDriver, type Driver, secretDriver } from "../../storage/mod.ts";
import { kubeByText } from "../_lib/kube_by_text.ts";
import { type LosingProxy, losingProxy, type Loss } from "../_lib/losing_proxy.ts";
import { objectCallOf } from "../_lib/object_call.ts";

const KUBECONFIG = Deno.env.get("SKEG_E2E_KUBECONFIG");
const IS_WHOLE = Deno.env.get("SKEG_RESILIENCE") === "all";
/** Number of concurrent lives; more on a real cluster, where hooks take longer. */
const SIDE_BY_SIDE = Number(Deno.env.get("SKEG_E2E_LIVES") ?? (KUBECONFIG === undefined ? "2" : "8"));
/** One request in this many is tried, unless all are. */
const STRIDE = 40;

interface Life {
  /** Name for messages. */
  readonly name: string;
  /** Returns true if the answer to a request of the life (counted from 1) is lost. */
  readonly loses: (request: number) => boolean;
  readonly how: Loss;
  readonly storage: "configmap" | "secret";
}

const KINDS = [
  "/api/v1 configmaps",
  "/api/v1 secrets",
  "/api/v1 services",
  "/api/v1 serviceaccounts",
  "/apis/batch/v1 jobs",
];
const EVENTS = ["install", "upgrade", "rollback", "delete"].flatMap((verb) => [`pre-${verb}`, `post-${verb}`]);

/** Returns a chart with objects whose creator servers record, one without that, and a Job for every event. */
function chartOf(version: number): Chart {
  const object = (kind: string, name: string, rest: string): string =>
    `apiVersion: v1\nkind: ${kind}\nmetadata: {name: {{ .Release.Name }}-${name}}\n${rest}\n`;
  const job = (event: string): string =>
    `apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-${event}
  annotations: {helm.sh/hook: ${event}, helm.sh/hook-delete-policy: hook-succeeded}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.invalid/main}]
`;
  return chartFromFiles({
    "Chart.yaml": `name: lost\nversion: 0.${version}.0\n`,
    "templates/a.yaml": object("ConfigMap", "a", `data: {version: "${version}"}`),
    "templates/b.yaml": object("ConfigMap", version === 1 ? "first" : "later", `data: {version: "${version}"}`),
    "templates/secret.yaml": object("Secret", "s", `stringData: {version: "${version}"}`),
    "templates/account.yaml": object("ServiceAccount", version === 1 ? "first" : "later", ""),
    "templates/service.yaml": object("Service", "web", `spec: {ports: [{port: ${80 + version}}]}`),
    ...Object.fromEntries(EVENTS.map((event) => [`templates/${event}.yaml`, job(event)])),
  });
}

/** Returns the operations of a life, each with the records (revision and status) that it must leave. */
function operationsOf(env: Environment, namespace: string): [string, () => Promise<unknown>, string][] {
  const put = (version: number) => ({ name: namespace, namespace, chart: chartOf(version), timeoutSeconds: 60 });
  const name = { name: namespace, timeoutSeconds: 60 };
  return [
    ["install", () => install(env, put(1)), "1 DEPLOYED"],
    ["upgrade", () => upgrade(env, put(2)), "1 SUPERSEDED, 2 DEPLOYED"],
    ["rollback", () => rollback(env, { ...name, revision: 1 }), "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED"],
    ["delete", () => uninstall(env, name), "1 SUPERSEDED, 2 SUPERSEDED, 3 DELETED"],
    [
      "rollback of what was deleted",
      () => rollback(env, { ...name, revision: 2 }),
      "1 SUPERSEDED, 2 SUPERSEDED, 3 SUPERSEDED, 4 DEPLOYED",
    ],
    ["delete --purge", () => uninstall(env, { ...name, purge: true }), ""],
  ];
}

/** A cluster, and a proxy to it that loses answers. */
interface Ground {
  readonly cluster: Cluster;
  readonly folder: string;
}

async function onGround(play: (ground: Ground) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-lost-"));
  const cluster = KUBECONFIG === undefined ? await openSandbox() : await openCluster({ kubeconfig: KUBECONFIG });
  try {
    await play({ cluster, folder });
  } finally {
    await cluster.close();
    rmSync(folder, { recursive: true });
  }
}

/** The result of a life. */
interface Outcome {
  readonly requests: number;
  readonly lost: number;
  readonly operations: number;
  /** Number of created objects. */
  readonly created: number;
}

/** A client behind a proxy, with its own namespaces. */
interface Place {
  readonly namespace: string;
  /** Namespace of records. */
  readonly records: string;
  readonly proxy: LosingProxy;
  /** The cluster, reached through the proxy. */
  readonly through: Cluster;
  close(): Promise<void>;
}

async function openPlace({ cluster, folder }: Ground): Promise<Place> {
  const namespace = `lost-${crypto.randomUUID().slice(0, 8)}`;
  const records = `${namespace}-records`;
  const call = objectCallOf(cluster.transport);
  for (const space of [namespace, records]) {
    await call("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: space } });
  }
  const proxy = await losingProxy(cluster.transport);
  const file = join(folder, `${namespace}.yaml`);
  proxy.writeKubeconfig(file, namespace);
  const through = await openCluster({ kubeconfig: file });
  return {
    namespace,
    records,
    proxy,
    through,
    async close() {
      await through.close();
      await proxy.close();
      for (const space of [namespace, records]) await call("DELETE", `/api/v1/namespaces/${space}`);
    },
  };
}

async function live(ground: Ground, life: Life): Promise<Outcome> {
  const place = await openPlace(ground);
  const { namespace, records, proxy, through } = place;
  const makeDriver = ({ transport }: Cluster): Driver =>
    (life.storage === "secret" ? secretDriver : configMapDriver)(objectCallOf(transport), records);
  const env: Environment = {
    kube: createKubeClient(through),
    driver: makeDriver(through),
    clock: () => ({
      seconds: Math.floor(Date.now() / 1000),
      nanos: Math.floor(performance.now() * 1000) % 1_000_000_000,
    }),
    random: Math.random,
    report: () => {},
    historyMax: 0,
  };
  let requests = 0;
  proxy.lose = () => life.loses(++requests) ? life.how : undefined;
  try {
    const operations = operationsOf(env, namespace);
    for (const [verb, run, wanted] of operations) {
      const from = proxy.passed.length;
      const context = (): string => `${life.name}, records in ${life.storage}s: ${verb}\n${traceOf(proxy, from)}`;
      await run().catch((cause) => {
        throw new Error(`${cause instanceof Error ? cause.message : cause}\n${context()}`, { cause });
      });
      equal(await statusesOf(makeDriver(ground.cluster)), wanted, context());
      deepEqual(await objectsIn(ground.cluster, namespace), expectedAfter(wanted, namespace), context());
    }
    return {
      requests,
      lost: proxy.passed.filter(({ isLost }) => isLost).length,
      operations: operations.length,
      created: proxy.passed.filter(({ method, status }) => method === "POST" && status === 201).length,
    };
  } finally {
    await place.close();
  }
}

function traceOf(proxy: LosingProxy, from: number): string {
  return proxy.passed.slice(from)
    .map(({ method, path, status, isLost }) => `  ${method} ${path} ${status}${isLost ? " lost" : ""}`).join("\n");
}

async function statusesOf(driver: Driver): Promise<string> {
  const found = (await driver.list()).sort((a, b) => a.revision - b.revision);
  return found.map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ");
}

/** Returns the objects of the namespace with their version; without those that clusters create themselves. */
async function objectsIn({ transport }: Cluster, namespace: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const kind of KINDS) {
    const [base, plural] = kind.split(" ");
    const answer = await transport({ method: "GET", path: `${base}/namespaces/${namespace}/${plural}` });
    for (const object of (await answer.json() as { items: KubeObject[] }).items) {
      const { name = "", deletionTimestamp } = object.metadata ?? {};
      // A Job that is deleted in the background stays until its pods are gone.
      if (name.startsWith(namespace) && deletionTimestamp === undefined) found[`${plural}/${name}`] = versionOf(object);
    }
  }
  return found;
}

function versionOf(object: KubeObject): string {
  const { data, spec } = object as { data?: { version?: string }; spec?: { ports?: { port: number }[] } };
  if (spec?.ports !== undefined) return String((spec.ports[0]?.port ?? 0) - 80);
  const version = data?.version ?? "";
  return version.endsWith("=") ? atob(version) : version;
}

function expectedAfter(records: string, name: string): Record<string, string> {
  const deployed = /(\d) DEPLOYED$/.exec(records)?.[1];
  if (deployed === undefined) return {};
  const version = deployed === "1" || deployed === "3" ? "1" : "2";
  const other = version === "1" ? "first" : "later";
  return {
    [`configmaps/${name}-a`]: version,
    [`configmaps/${name}-${other}`]: version,
    [`secrets/${name}-s`]: version,
    [`services/${name}-web`]: version,
    [`serviceaccounts/${name}-${other}`]: "",
  };
}

async function playAll(ground: Ground, lives: readonly Life[], wanted: Outcome): Promise<Outcome> {
  const total = { requests: 0, lost: 0, operations: 0, created: 0 };
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < lives.length; at = next++) {
      const life = lives[at] as Life;
      const outcome = await live(ground, life);
      equal(outcome.created, wanted.created, `${life.name}: an object was created twice`);
      for (const key of ["requests", "lost", "operations", "created"] as const) total[key] += outcome[key];
    }
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
  return total;
}

/** Returns a pseudorandom choice of lost answers; the same seed loses the same answers. */
function randomLoss(seed: number, share: number): Life["loses"] {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 < share;
  };
}

function livesOf(requests: number, storage: Life["storage"], how: Loss): Life[] {
  const counted = Array.from({ length: requests }, (_, index) => index + 1);
  const offset = Math.floor(Math.random() * STRIDE) + 1;
  const once = IS_WHOLE ? counted : counted.filter((number) => number % STRIDE === offset % STRIDE);
  const often = IS_WHOLE ? counted.slice(1, 30) : [2, 3];
  const seeds = Array.from({ length: IS_WHOLE ? 20 : 1 }, () => Math.floor(Math.random() * 2 ** 31));
  const lives: [string, Life["loses"]][] = [
    ...once.map((wanted): [string, Life["loses"]] => [`answer ${wanted} lost`, (request) => request === wanted]),
    ...often.map((
      every,
    ): [string, Life["loses"]] => [`every ${every}th answer lost`, (request) => request % every === 0]),
    ...seeds.map((seed): [string, Life["loses"]] => [`one answer in ten lost, seed ${seed}`, randomLoss(seed, 0.1)]),
  ];
  return lives.map(([name, loses]) => ({ name: `${name}, ${how}`, loses, how, storage }));
}

for (const storage of ["configmap", "secret"] as const) {
  for (const how of ["closed", "repeated"] as const) {
    if (!IS_WHOLE && (storage === "secret") !== (how === "repeated")) continue;
    Deno.test({
      name: `story: answers that are lost change nothing; connections ${how}, records in ${storage}s`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: () =>
        onGround(async (ground) => {
          const calm = await live(ground, { name: "calm", loses: () => false, how, storage });
          const total = await playAll(ground, livesOf(calm.requests, storage, how), calm);
          ok(total.lost > 10, `${total.lost} answers were lost`);
          if (IS_WHOLE) {
            const text = `${total.operations} operations, ${total.requests} requests, ${total.lost} answers lost\n`;
            Deno.stdout.writeSync(new TextEncoder().encode(text));
          }
        }),
    });
  }
}

Deno.test({
  name: "story: a creation counts that is refused when it is sent again, for a quota or an address that it has used up",
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    onGround(async (ground) => {
      const place = await openPlace(ground);
      try {
        const { namespace, proxy, through } = place;
        const call = objectCallOf(ground.cluster.transport);
        const quotas = `/api/v1/namespaces/${namespace}/resourcequotas`;
        const quota = { apiVersion: "v1", kind: "ResourceQuota", metadata: { name: "q" } };
        await call("POST", quotas, { ...quota, spec: { hard: { "count/secrets": "1", "services": "1" } } });
        const isCounted = async (): Promise<boolean> => {
          const { body } = await call("GET", `${quotas}/q`);
          return KUBECONFIG === undefined || (body as { status?: { used?: unknown } }).status?.used !== undefined;
        };
        while (!await isCounted()) await new Promise((resolve) => setTimeout(resolve, 100));
        proxy.lose = ({ method }) => method === "POST" ? "repeated" : undefined;
        const kube = kubeByText(through);
        await kube.create(namespace, "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {b: c}}");
        await kube.create(
          namespace,
          "{apiVersion: v1, kind: Service, metadata: {generateName: a-}, spec: {clusterIP: None, ports: [{port: 80}]}}",
        );
        const posts = proxy.passed.filter(({ method }) => method === "POST").map(({ status }) => status);
        // The answer to the second of two equal creations: a real server checks the quota before the name.
        deepEqual(posts, KUBECONFIG === undefined ? [201, 409, 201, 409] : [201, 403, 201, 403]);
        await call("DELETE", `${quotas}/q`);
        const { body } = await call("GET", `/api/v1/namespaces/${namespace}/services`);
        equal((body as { items: unknown[] }).items.length, 1);

        proxy.passed.length = 0;
        const port = 30_000 + Math.floor(Math.random() * 2700);
        const ports = `[{port: 80, nodePort: ${port}}]`;
        const service =
          `{apiVersion: v1, kind: Service, metadata: {name: port}, spec: {type: NodePort, ports: ${ports}}}`;
        await kube.create(namespace, service);
        deepEqual(
          proxy.passed.filter(({ method }) => method === "POST").map(({ status }) => status),
          [201, 422],
        );
      } finally {
        await place.close();
      }
    }),
});
