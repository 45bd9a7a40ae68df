/**
 * A cluster for stories: the sandbox in this process, or the cluster of the
 * kubeconfig that SKEG_E2E_KUBECONFIG names. Every story has its own
 * namespaces, for objects and for records, and leaves nothing behind.
 */
import { fail } from "node:assert/strict";
import { type Cluster, createKubeClient, openCluster } from "../../engine/kube/mod.ts";
import type { Environment, ReleaseEvent } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { configMapDriver, type Driver, type ObjectCall, secretDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";

/** The cluster and tools of a story. */
export interface Stage {
  readonly env: Environment;
  readonly driver: Driver;
  /** Namespace of the story's objects. */
  readonly namespace: string;
  /** Namespace of the story's records. */
  readonly records: string;
  /** All reported events. */
  readonly events: readonly ReleaseEvent[];
  /** Returns the environment of another process on the same cluster. */
  readonly another: (more?: Partial<Environment>) => Environment;
  /** Returns the body of a GET, or `undefined` when there is no such object. */
  readonly read: (path: string) => Promise<KubeObject | undefined>;
  /** Sends a request that must succeed. */
  readonly send: (method: "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<unknown>;
  /** Returns the names in a collection, such as `configmaps`, of the story's namespace; without those that clusters create. */
  readonly names: (plural: string, prefix?: string) => Promise<string[]>;
}

/** Declares a story that runs against the available cluster. */
export function story(name: string, play: (stage: Stage) => Promise<void>): void {
  storyWith(name, configMapDriver, play);
}

/** The same, with records as Secrets. */
export function storyWithSecrets(name: string, play: (stage: Stage) => Promise<void>): void {
  storyWith(name, secretDriver, play);
}

type MakeDriver = (call: ObjectCall, namespace: string) => Driver;

function storyWith(name: string, makeDriver: MakeDriver, play: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name: `story: ${name}`,
    // The cluster's connections and timers stay open after a story.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async () => {
      const cluster = await open();
      const stage = await setUp(cluster, makeDriver);
      try {
        await play(stage);
      } finally {
        await tearDown(stage);
        await cluster.close();
      }
    },
  });
}

async function open(): Promise<Cluster> {
  const kubeconfig = Deno.env.get("SKEG_E2E_KUBECONFIG");
  return kubeconfig === undefined ? await openSandbox() : await openCluster({ kubeconfig });
}

async function setUp(cluster: Cluster, makeDriver: MakeDriver): Promise<Stage> {
  const namespace = `e2e-${crypto.randomUUID().slice(0, 8)}`;
  const records = `${namespace}-records`;
  const events: ReleaseEvent[] = [];
  const call = objectCallOf(cluster.transport);
  const send: Stage["send"] = async (method, path, body) => {
    const answer = await call(method, path, body);
    if (answer.status >= 300) fail(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  const read: Stage["read"] = async (path) => {
    const answer = await call("GET", path);
    if (answer.status === 404) return undefined;
    if (answer.status >= 300) fail(`GET ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as KubeObject;
  };
  const another = (more: Partial<Environment> = {}): Environment => ({
    kube: createKubeClient(cluster),
    driver: makeDriver(call, records),
    clock: () => {
      const now = Date.now();
      return { seconds: Math.floor(now / 1000), nanos: (now % 1000) * 1_000_000 };
    },
    random: Math.random,
    report: (event) => events.push(event),
    historyMax: 0,
    ...more,
  });
  for (const name of [namespace, records]) await makeNamespace(send, name);
  const env = another();
  const names = async (plural: string, prefix = "/api/v1"): Promise<string[]> => {
    const list = await read(`${prefix}/namespaces/${namespace}/${plural}`) as { items?: KubeObject[] } | undefined;
    return (list?.items ?? []).map((object) => object.metadata?.name ?? "")
      .filter((name) => name !== "kube-root-ca.crt").sort();
  };
  return { env, driver: env.driver, namespace, records, events, another, read, send, names };
}

async function makeNamespace(send: Stage["send"], name: string): Promise<void> {
  await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
}

async function tearDown({ send, namespace, records }: Stage): Promise<void> {
  for (const name of [namespace, records]) await send("DELETE", `/api/v1/namespaces/${name}`);
}
