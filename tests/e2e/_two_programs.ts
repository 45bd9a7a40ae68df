/**
 * skeg and the real Helm 2 with its Tiller on one cluster: the real one of
 * SKEG_E2E_KUBECONFIG, or a served sandbox. Every story has its own
 * namespaces, for objects and for records.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Cluster, type KubeRequest, openCluster } from "../../engine/kube/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { type LosingProxy, losingProxy } from "../_lib/losing_proxy.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { freePort, listens, processesIn, until } from "../_lib/processes.ts";
import { findProgram, type Ran, runProgram } from "./_programs.ts";
import { good, served } from "./_served.ts";

const MAIN = new URL("../../main.ts", import.meta.url).href;
const [helm2, tiller] = [findProgram("helm2"), findProgram("tiller")];

/** True if the real programs are missing. */
export const LACKING = helm2 === undefined || tiller === undefined;

/** The cluster and the programs of a story. */
export interface Arena {
  /** Folder for files. */
  readonly folder: string;
  /** Namespace for objects. */
  readonly namespace: string;
  readonly skeg: (...args: string[]) => Promise<Ran>;
  readonly helm: (...args: string[]) => Promise<Ran>;
  readonly cluster: Cluster;
  /** Returns the body of a GET, or `undefined` when there is no such object. */
  readonly read: (path: string) => Promise<KubeObject | undefined>;
  readonly send: (method: "POST" | "DELETE", path: string, body?: unknown) => Promise<number>;
  /** Returns all records of a release, oldest first. */
  readonly records: (name: string) => Promise<Release[]>;
  /** Namespace of the records. */
  readonly recordsNamespace: string;
  /** Kills Tiller in the middle of its work, and starts it again. */
  readonly crashTiller: () => Promise<void>;
  /** Starts another Tiller on the same records. Returns a Helm that talks to it; each of its requests waits for `gate`. */
  readonly anotherTiller: (gate: (request: KubeRequest) => Promise<void>) => Promise<Arena["helm"]>;
}

/** A storage of records other than Tiller's default. */
export interface OtherStorage {
  /** Added to Tiller's command line. */
  readonly tiller: readonly string[];
  /** Added to skeg's environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** Plays a story with both programs. */
export async function together(
  play: (arena: Arena) => Promise<void>,
  storage: OtherStorage = { tiller: [], env: {} },
): Promise<void> {
  const kubeconfig = Deno.env.get("SKEG_E2E_KUBECONFIG");
  if (kubeconfig === undefined) {
    return await served(({ folder, env }) => arrange(folder, env, env.KUBECONFIG ?? "", play, storage));
  }
  const folder = mkdtempSync(join(tmpdir(), "skeg-two-"));
  try {
    const env = { KUBECONFIG: kubeconfig, HOME: folder, HELM_HOME: join(folder, "helm"), TZ: "UTC" };
    await arrange(folder, env, kubeconfig, play, storage);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function arrange(
  folder: string,
  env: Record<string, string>,
  kubeconfig: string,
  play: (arena: Arena) => Promise<void>,
  storage: OtherStorage,
): Promise<void> {
  const cluster = await openCluster({ kubeconfig });
  const id = crypto.randomUUID().slice(0, 8);
  const [namespace, place] = [`two-${id}`, `two-${id}-records`];
  const call = objectCallOf(cluster.transport);
  const send: Arena["send"] = async (method, path, body) => (await call(method, path, body)).status;
  const named = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  for (const name of [namespace, place]) await send("POST", "/api/v1/namespaces", named(name));
  const port = await freePort();
  const programs = processesIn(folder);
  const startTiller = async (name = "tiller", at = port, config = kubeconfig): Promise<void> => {
    const args = ["--listen", `127.0.0.1:${at}`, "--probe=false", ...storage.tiller];
    programs.start(name, tiller ?? "", args, { ...env, KUBECONFIG: config, TILLER_NAMESPACE: place });
    await until(() => listens(at), () => `Tiller did not start: ${programs.log(name)}`);
  };
  const helmAt = (at: number) => (...args: string[]): Promise<Ran> =>
    runProgram(helm2 ?? "", args, { env: { ...env, HELM_HOST: `127.0.0.1:${at}` } });
  const proxies: LosingProxy[] = [];
  const anotherTiller: Arena["anotherTiller"] = async (gate) => {
    const proxy = await losingProxy(async (request) => {
      await gate(request);
      return await cluster.transport(request);
    });
    const name = `tiller-${proxies.push(proxy) + 1}`;
    const config = join(folder, `${name}.json`);
    proxy.writeKubeconfig(config);
    const at = await freePort();
    await startTiller(name, at, config);
    return helmAt(at);
  };
  try {
    await startTiller();
    const helm = helmAt(port);
    good(await helm("init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/"));
    await play({
      folder,
      namespace,
      cluster,
      helm,
      send,
      recordsNamespace: place,
      anotherTiller,
      crashTiller: async () => {
        await programs.kill("tiller");
        await startTiller();
      },
      skeg: (...args) =>
        runProgram(Deno.execPath(), ["run", "-A", "--no-check", MAIN, ...args, "--tiller-namespace", place], {
          env: { ...env, ...storage.env },
        }),
      read: async (path) => {
        const answer = await call("GET", path);
        return answer.status === 404 ? undefined : answer.body as KubeObject;
      },
      records: async (name) =>
        (await configMapDriver(call, place).list()).filter((release) => release.name === name)
          .sort((a, b) => a.revision - b.revision),
    });
  } finally {
    await programs.stop();
    for (const proxy of proxies) await proxy.close();
    for (const name of [namespace, place]) await send("DELETE", `/api/v1/namespaces/${name}`);
    await cluster.close();
  }
}

export { good };
