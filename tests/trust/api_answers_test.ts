/**
 * Answers of an API server that are not what they should be: cut off, of
 * another kind, of other types, endless, or made to harm. The whole client
 * gets them: discovery, objects, waits, watches, tables, records.
 *
 * What a sound server answers to each operation is recorded once, from the
 * sandbox; then each operation runs again and again on damaged copies.
 *
 * @module
 */
import { ok } from "node:assert/strict";
import { type Cluster, findTillers, persistent, type Transport } from "../../engine/kube/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { environmentOf } from "../../app/open_target.ts";
import { KubeError } from "../../errors.ts";
import { type Driver, recordsElsewhere, scanDeployed } from "../../storage/mod.ts";
import { damagedJson, damagedText, type Dice, fuzz } from "../_lib/fuzz.ts";
import { type KubeByText, kubeByText } from "../_lib/kube_by_text.ts";
import { someRelease } from "../_lib/releases.ts";

const CONFIG_MAP = (name: string, text: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, labels: {app: a}}\ndata: {a: ${text}}\n`;
const POD_SPEC = "{containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}";
const DEPLOYMENT = (image: string) =>
  `---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, annotations: {a: b}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}, matchExpressions: [{key: app, operator: In, values: [web]}]}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: c, image: ${image}, env: [{name: A, value: b}]}]}}
`;
const OTHERS = `---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {ports: [{port: 80}], selector: {app: web}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: set}
spec: {serviceName: web, selector: {matchLabels: {app: s}}, template: {metadata: {labels: {app: s}}, spec: ${POD_SPEC}}}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec: {selector: {matchLabels: {app: d}}, template: {metadata: {labels: {app: d}}, spec: ${POD_SPEC}}}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: claim}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
`;
const JOB = `apiVersion: batch/v1
kind: Job
metadata: {name: job}
spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: i}]}}}
`;
const POD = `apiVersion: v1\nkind: Pod\nmetadata: {name: pod}\nspec: ${
  POD_SPEC.replace("{", "{restartPolicy: Never, ")
}\n`;
const DEFINITION = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}}]
`;
const MANY = Array.from({ length: 9 }, (_, at) => `---\n${CONFIG_MAP(`many-${at}`, "x")}`).join("");
const RELEASE = someRelease({ name: "web", namespace: "default" });
const LATER = someRelease({ name: "web", namespace: "default", revision: 2 });

interface Tools {
  readonly kube: KubeByText;
  readonly transport: Transport;
  readonly signal: AbortSignal;
}

/** Records, with the object calls that commands have. */
const driverOf = async ({ kube }: Tools, storage: "configmap" | "secret" = "configmap"): Promise<Driver> => {
  const options = { storage, tillerNamespace: "", historyMax: 0, report: () => {} };
  return (await environmentOf(kube.kube.cluster, options)).driver;
};

/** Operations in an order in which a sound server carries all of them out. */
const OPERATIONS: Readonly<Record<string, (tools: Tools) => Promise<unknown>>> = {
  "version": ({ kube, signal }) => kube.kube.version({ signal }),
  "capabilities": async ({ kube, signal }) => {
    const { apiVersions, kubeVersion } = await kube.kube.capabilities({ signal });
    ok(typeof kubeVersion.gitVersion === "string");
    for (const name of apiVersions) ok(typeof name === "string");
  },
  "resolve": ({ kube, signal }) => kube.resolve("default", DEPLOYMENT("a") + OTHERS, { signal }),
  "create": ({ kube, signal }) => kube.create("default", CONFIG_MAP("a", "x") + DEPLOYMENT("a") + OTHERS, { signal }),
  "create many": ({ kube, signal }) => kube.create("default", MANY, { signal }),
  "create and wait": ({ kube, signal }) =>
    kube.create("waits", DEPLOYMENT("a") + OTHERS, { signal, wait: true, timeoutSeconds: 60 }),
  "create and wait strictly": ({ kube, signal }) =>
    kube.create("strict", DEPLOYMENT("a") + OTHERS, { signal, wait: true, waitStrict: true, timeoutSeconds: 60 }),
  "take over": ({ kube, signal }) =>
    kube.create("default", MANY, { signal, onExisting: () => Promise.resolve(), allowEmpty: true }),
  "find existing": ({ kube, signal }) => kube.findExisting("default", MANY + DEPLOYMENT("a"), { signal }),
  "exists": ({ kube, signal }) => kube.exists("default", CONFIG_MAP("a", "x"), { signal }),
  "table": ({ kube, signal }) => kube.table("default", CONFIG_MAP("a", "x") + DEPLOYMENT("a") + OTHERS, { signal }),
  "table of many": ({ kube, signal }) => kube.table("default", MANY, { signal }),
  "update": ({ kube, signal }) =>
    kube.update("default", CONFIG_MAP("a", "x") + DEPLOYMENT("a"), CONFIG_MAP("a", "why") + DEPLOYMENT("b"), {
      signal,
    }),
  "update three ways": ({ kube, signal }) =>
    kube.update("default", DEPLOYMENT("b"), DEPLOYMENT("c"), { signal, apply: "three-way", recreatePods: true }),
  "update on the server's side": ({ kube, signal }) =>
    kube.update("default", CONFIG_MAP("a", "why"), CONFIG_MAP("a", "zed"), { signal, apply: "server-side" }),
  "update that creates and deletes": ({ kube, signal }) =>
    kube.update("default", CONFIG_MAP("many-0", "x"), CONFIG_MAP("new", "x"), {
      signal,
      force: true,
      cleanupOnFail: true,
      putBackOnFail: true,
      mayDelete: (found) => Promise.resolve(found),
    }),
  "map removed": ({ kube, signal }) =>
    kube.mapRemoved("default", [{
      manifest: DEPLOYMENT("a").replace("apps/v1", "extensions/v1beta1"),
      use: "target",
    }, { manifest: DEPLOYMENT("a").replace("apps/v1", "apps/v1beta1"), use: "original" }], { signal }),
  "a hook": async ({ kube, signal }) => {
    await kube.create("default", JOB, { signal });
    await kube.watchUntilReady("default", JOB, 60, { signal });
  },
  "definitions": async ({ kube, signal }) => {
    await kube.create("default", DEFINITION, { signal });
    await kube.waitUntilEstablished(DEFINITION, 60, { signal });
  },
  "a test pod": async ({ kube, signal }) => {
    await kube.create("default", POD, { signal });
    await kube.completedPodPhase("default", POD, 60, { signal });
  },
  "a log": ({ kube, signal }) => kube.kube.podLog("default", "pod", { signal }),
  "delete": ({ kube, signal }) =>
    kube.delete("default", OTHERS + CONFIG_MAP("a", "zed"), { signal, timeoutSeconds: 60 }),
  "Tiller": ({ kube, signal }) => kube.kube.findTiller("kube-system", { signal }),
  "Tillers": ({ transport, signal }) => findTillers(transport, "kube-system", { signal }),
  "create a record": async (tools) => (await driverOf(tools)).create(RELEASE, tools),
  "create a secret record": async (tools) => (await driverOf(tools, "secret")).create(RELEASE, tools),
  "update a record": async (tools) => {
    const driver = await driverOf(tools);
    await driver.get("web.v1", tools);
    await driver.update(RELEASE, tools);
    await driver.create(LATER, tools);
  },
  "list records": async (tools) => (await driverOf(tools)).list(tools),
  "list secret records": async (tools) => (await driverOf(tools, "secret")).list(tools),
  "query records": async (tools) => (await driverOf(tools)).query({ name: "web" }, tools),
  "heads of records": async (tools) => (await driverOf(tools)).heads?.({}, { ...tools, anyOwner: true }),
  "fetch records": async (tools) => (await driverOf(tools)).fetch?.(["web.v1", "web.v2"], tools),
  "raw records": async (tools) => {
    const { raw } = await driverOf(tools);
    for (const object of await raw?.list({ name: "web" }, tools) ?? []) {
      const release = await raw?.decode(object);
      if (release !== undefined) raw?.withRelease(object, release);
    }
  },
  "scan records": async (tools) => scanDeployed(await driverOf(tools), () => {}, tools),
  "records elsewhere": async (tools) => {
    const { place } = await driverOf(tools);
    ok(place !== undefined);
    await recordsElsewhere(place, { everywhere: true, namespaces: ["default"], signal: tools.signal });
  },
  "delete a record": async (tools) => (await driverOf(tools)).delete("web.v1", tools),
};

/** One answer of a sound server. */
interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Method and path of a request; what differs from run to run is left out. */
const keyOf = ({ method, path }: { readonly method: string; readonly path: string }): string =>
  `${method} ${path.replace(/fieldManager=[^&]*/, "")}`;

type Recording = ReadonlyMap<string, readonly Answer[]>;

/** Runs all operations on a sandbox, and keeps what it answered to each. */
async function record(): Promise<Map<string, Recording>> {
  const sandbox = await openSandbox();
  const recordings = new Map<string, Recording>();
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    const answers = new Map<string, Answer[]>();
    const transport: Transport = async (request) => {
      const response = await sandbox.transport(request);
      const known: Answer[] = answers.get(keyOf(request)) ?? [];
      answers.set(keyOf(request), known);
      if (!/[?&]watch=true/.test(request.path)) {
        const text = await response.text();
        known.push({ status: response.status, text });
        return new Response(text === "" ? null : text, response);
      }
      const at = known.push({ status: response.status, text: "" }) - 1;
      const decoder = new TextDecoder();
      const noted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller): void {
          known[at] = { status: response.status, text: (known[at]?.text ?? "") + decoder.decode(chunk) };
          controller.enqueue(chunk);
        },
      });
      return new Response(response.body?.pipeThrough(noted) ?? null, response);
    };
    const cluster: Cluster = { ...sandbox, transport };
    await operation({
      kube: kubeByText(cluster, { waitIntervalMs: 20 }),
      transport,
      signal: AbortSignal.timeout(60_000),
    })
      .catch((error) => {
        throw new Error(`${name} does not work in the sandbox: ${error}`, { cause: error });
      });
    recordings.set(name, answers);
  }
  await sandbox.close();
  return recordings;
}

/** A change of an answer. */
interface Damage {
  /** Which answer of the operation, counted from 0. */
  readonly at: number;
  readonly dice: Dice;
}

const STATUSES = [200, 200, 200, 201, 202, 203, 205, 206, 304, 400, 401, 403, 404, 409, 410, 422, 429, 500, 503, 504];
const TYPES = ["application/json", "text/html", "", "application/vnd.kubernetes.protobuf", "application/json;as=Table"];
const PAGES = [
  "",
  " ",
  "null",
  "[]",
  "0",
  '"x"',
  "{}",
  "<html><body>Log in</body></html>",
  "k8s\0\n\x0c\n\x02v1\x12\x06Status",
  "\ufeff{}",
  '{"kind":"Status","apiVersion":"v1","status":"Failure"}',
  '{"kind":"Status","status":"Failure","message":{"a":1},"reason":["x"],"code":"409","details":null}',
  '{"kind":"Status","status":"Failure","code":1e9,"message":"m","reason":"__proto__"}',
  '{"kind":"List","apiVersion":"v1","items":[null,1,"a",[],{}],"metadata":{"continue":1}}',
  '{"kind":"Table","apiVersion":"meta.k8s.io/v1","columnDefinitions":{"a":1},"rows":[null,{"cells":{"a":1}},{"cells":[{},[[]],null]}]}',
  '{"kind":"APIGroupDiscoveryList","items":[{"versions":[{"resources":[{"responseKind":{"kind":7}}]}]},null,5]}',
  '{"type":"ERROR","object":{"code":410}}\n{"type":"ADDED"}\n{"type":7,"object":[]}\nnull\n',
];

function damage({ status, text }: Answer, dice: Dice, isWatch: boolean): Response {
  const headers = new Headers({ "content-type": "application/json" });
  let body = text;
  switch (dice.below(10)) {
    case 0:
      body = dice.pick(PAGES);
      break;
    case 1:
      body = damagedText(dice, text);
      break;
    case 2:
      status = dice.pick(STATUSES);
      break;
    case 3: {
      const type = dice.pick(TYPES);
      if (type === "") headers.delete("content-type");
      else headers.set("content-type", type);
      headers.set("date", dice.pick(["x", "Mon, 99 Foo 99999 99:99:99 GMT", new Date().toUTCString()]));
      headers.set("etag", "__proto__");
      status = dice.pick(STATUSES);
      body = dice.oneIn(2) ? dice.pick(PAGES) : text;
      break;
    }
    default:
      body = isWatch ? damagedLines(dice, text) : damagedData(dice, text);
  }
  if (dice.oneIn(30)) body += body.slice(0, 2000).repeat(50);
  const isBare = [204, 205, 304].includes(status);
  if (dice.oneIn(50) && !isBare) return new Response(brokenOff(body), { status, headers });
  return new Response(isBare || body === "" ? null : body, { status, headers });
}

/** A body that breaks off half way. */
function brokenOff(body: string): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller): void {
      controller.enqueue(new TextEncoder().encode(body.slice(0, body.length / 2)));
      controller.error(new TypeError("the connection was closed"));
    },
  });
}

function damagedData(dice: Dice, text: string): string {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return damagedText(dice, text);
  }
  return damagedJson(dice, data);
}

function damagedLines(dice: Dice, text: string): string {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => dice.oneIn(2) ? damagedData(dice, line) : line).join(dice.oneIn(10) ? "" : "\n") + "\n";
}

/** So many requests one operation may send; a server that never gets ready would be asked for ever. */
const REQUESTS_MAX = 120;

/** Answers as recorded, but for those that are damaged. */
function replay(recording: Recording, { at, dice }: Damage, stop: AbortController): Transport {
  const next = new Map<string, number>();
  let count = 0;
  return async (request) => {
    await Promise.resolve();
    request.signal?.throwIfAborted();
    if (count >= REQUESTS_MAX) {
      stop.abort();
      throw new KubeError("no answer came", 0, "");
    }
    const key = keyOf(request);
    const turn = next.get(key) ?? 0;
    next.set(key, turn + 1);
    const answers = recording.get(key) ?? [];
    const answer = answers[Math.min(turn, answers.length - 1)] ??
      {
        status: 404,
        text: '{"kind":"Status","status":"Failure","reason":"NotFound","code":404,"message":"not found"}',
      };
    const here = count++;
    const isWatch = /[?&]watch=true/.test(request.path);
    if (here === at || here > at && dice.oneIn(6)) return damage(answer, dice, isWatch);
    const { status, text } = answer;
    return new Response(text === "" ? null : text, { status, headers: { "content-type": "application/json" } });
  };
}

/** Puts a timer in place that runs at once: what waits a second between two looks must not take one here. */
function withoutPauses(): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  const cancelled = new WeakSet<object>();
  const hurried = (work: () => void, ms = 0): object => {
    const timer = {};
    // These end what takes too long; nothing here does.
    if (ms > 60_000) return timer;
    // A task of its own, so that what else is ready goes first.
    channel.port2.onmessage ??= () => queue.shift()?.();
    queue.push(() => cancelled.has(timer) || work());
    channel.port1.postMessage(0);
    return timer;
  };
  const queue: (() => unknown)[] = [];
  const channel = new MessageChannel();
  Object.assign(globalThis, {
    setTimeout: hurried,
    clearTimeout: (timer: unknown) => {
      if (typeof timer === "object" && timer !== null) cancelled.add(timer);
      else clearTimeout(timer as number);
    },
  });
  return () => {
    Object.assign(globalThis, { setTimeout, clearTimeout });
    channel.port1.close();
    channel.port2.close();
  };
}

Deno.test("any answers of an API server end in a result or in an error with words", async () => {
  const recordings = await record();
  const names = Object.keys(OPERATIONS);
  const restore = withoutPauses();
  try {
    await fuzz({
      make: (dice) => {
        const name = dice.pick(names);
        const recording = recordings.get(name) ?? new Map();
        return { name, recording, damage: { at: dice.below(Math.min(recording.size + 1, 12)), dice } };
      },
      work: async ({ name, recording, damage }) => {
        const stop = new AbortController();
        const transport = persistent(replay(recording, damage, stop), { server: "fake" });
        const cluster: Cluster = { server: "fake", namespace: "default", transport, close: () => Promise.resolve() };
        await OPERATIONS[name]?.({ kube: kubeByText(cluster), transport, signal: stop.signal });
      },
      show: ({ name }) => name,
    });
  } finally {
    restore();
  }
});
