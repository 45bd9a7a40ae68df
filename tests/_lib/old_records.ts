/**
 * A sandbox whose release records contain old manifests.
 *
 * @module
 */
import { equal } from "node:assert/strict";
import { join } from "node:path";
import type { Cluster } from "../../engine/kube/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";
import { configMapDriver, type Driver, secretDriver } from "../../storage/mod.ts";
import { inFolder } from "./folder.ts";
import { objectCallOf } from "./object_call.ts";
import { type Outcome, program } from "./program.ts";
import { type ReleaseSketch, someRelease } from "./releases.ts";

/** The sandbox, and functions to work with it. */
export interface OldRecords {
  /** A temporary folder; HELM_HOME is `home` in it. */
  readonly folder: string;
  /** Runs a command on the sandbox. */
  readonly skeg: (...argv: string[]) => Promise<Outcome>;
  /** Opens the sandbox as another client, to read or change objects. */
  readonly inCluster: <T>(look: (cluster: Cluster) => Promise<T>) => Promise<T>;
  /** Returns the whole object of a record. */
  readonly object: (key: string) => Promise<KubeObject>;
  /** Returns the release in a record. */
  readonly release: (key: string) => Promise<Release>;
}

/** Options of {@linkcode withOldRecords}. */
export interface OldRecordsOptions {
  /** Default `configmap`. */
  readonly storage?: "configmap" | "secret";
  /** Live objects: path → object. */
  readonly live?: Readonly<Record<string, KubeObject>>;
}

/** Makes the sandbox with records of the given releases, and runs a test on it. */
export async function withOldRecords(
  sketches: readonly ReleaseSketch[],
  use: (stage: OldRecords) => Promise<void>,
  options: OldRecordsOptions = {},
): Promise<void> {
  await inFolder({}, async (folder) => {
    const file = join(folder, "state.db");
    const storage = options.storage ?? "configmap";
    const inCluster: OldRecords["inCluster"] = async (look) => {
      const cluster = await openSandbox({ file });
      try {
        return await look(cluster);
      } finally {
        await cluster.close();
      }
    };
    const driverOf = (cluster: Cluster): Driver =>
      (storage === "secret" ? secretDriver : configMapDriver)(objectCallOf(cluster.transport), "kube-system");
    await inCluster(async (cluster) => {
      for (const sketch of sketches) await driverOf(cluster).create(someRelease(sketch));
      for (const [path, object] of Object.entries(options.live ?? {})) await send(cluster, "POST", path, object);
    });
    await use({
      folder,
      inCluster,
      skeg: (...argv) =>
        program([`--sandbox=${file}`, "--storage", storage, ...argv], {
          variables: { HOME: folder, HELM_HOME: join(folder, "home"), TZ: "UTC" },
        }),
      object: (key) =>
        inCluster((cluster) => send(cluster, "GET", `/api/v1/namespaces/kube-system/${storage}s/${key}`)),
      release: (key) => inCluster((cluster) => driverOf(cluster).get(key)),
    });
  });
}

/** Sends a request that must succeed, and returns the object in the answer. */
export async function send(
  { transport }: Pick<Cluster, "transport">,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: KubeObject,
): Promise<KubeObject> {
  const answer = await transport({ method, path, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  equal(answer.ok, true, `${method} ${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}
