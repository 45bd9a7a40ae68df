/**
 * Opens what operations act on: a cluster or the sandbox, the storage driver, the clock and randomness.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import { type ClockAndRandom, quote, systemClock, systemRandom } from "../engine/base/mod.ts";
import { RECORDS_NAMESPACE } from "../engine/model/mod.ts";
import { STORAGE_LIST, storageKind } from "../storage/kinds.ts";
import type { Environment } from "../engine/release/mod.ts";
import type { Cluster, KubeConfigObject, WaitSettings } from "../engine/kube/mod.ts";
import type { Driver, SqlPlace } from "../storage/mod.ts";
import { environmentVariables, processVariables, type Variables } from "./variables.ts";

/** Options of {@linkcode openTarget}. */
export interface TargetOptions {
  /** Path; empty or absent: the usual places. */
  readonly kubeconfig?: string | undefined;
  /** A kubeconfig as an object, which is used instead of files. */
  readonly kubeConfig?: KubeConfigObject | undefined;
  /** Name; empty or absent: the current one. */
  readonly context?: string | undefined;
  /**
   * Uses the sandbox instead: `true` or `"default"` for this user's, else the path of its state file;
   * `":memory:"` writes no file.
   */
  readonly sandbox?: boolean | string | undefined;
  /** Concurrent requests; default 32. */
  readonly parallelism?: number | undefined;
  /** Environment variables; default: the process's own. */
  readonly variables?: Variables | undefined;
  /** Cancels opening. */
  readonly signal?: AbortSignal | undefined;
  /** Called with warnings for the user. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Opens a cluster, or the sandbox. */
export async function openTarget(options: TargetOptions): Promise<Cluster> {
  const { variables = processVariables, sandbox = false, signal } = options;
  const env = environmentVariables(variables);
  if (sandbox !== false && sandbox !== "") {
    const { openSandbox, sandboxFile } = await import("../engine/sandbox/mod.ts");
    if (sandbox === ":memory:") return await openSandbox();
    const named = sandbox !== true && sandbox !== "default" && sandbox !== "true";
    return await openSandbox({ file: named ? sandbox : sandboxFile(env), warn: options.warn });
  }
  const { parallelism } = options;
  if (parallelism !== undefined && !(parallelism >= 1)) {
    throw new SkegError("usage", `invalid parallelism ${parallelism}: it must be at least 1`);
  }
  const gathered = gatherRandomness();
  const { discoveryFolder, openCluster } = await import("../engine/kube/mod.ts");
  const cluster = await openCluster({
    kubeconfig: options.kubeconfig,
    kubeConfig: options.kubeConfig,
    context: options.context,
    parallelism,
    discoveryFolder: discoveryFolder(env),
    env,
    signal,
  });
  const close = async (): Promise<void> => {
    await gathered;
    await cluster.close();
  };
  return { ...cluster, close };
}

/**
 * Makes the runtime's TLS seed its random source on another thread while this one loads modules. Otherwise
 * the first handshake would block for 30 ms.
 */
export function gatherRandomness(): Promise<void> {
  // Key generation is the one call that uses this source and runs on another thread. The key is not used.
  return gathering ??= crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign"])
    .then(() => {}, () => {});
}
let gathering: Promise<void> | undefined;

/** Options of {@linkcode environmentOf}. */
export interface EnvironmentOptions extends ClockAndRandom {
  /** One of `STORAGE_NAMES`. */
  readonly storage: string;
  /** Namespace of the release records; empty: `kube-system`. */
  readonly tillerNamespace: string;
  /** The database, for storage `sql`. */
  readonly sql?: SqlPlace | undefined;
  /** Revisions to keep per release; 0 keeps all. */
  readonly historyMax: number;
  /** Called with every event. */
  readonly report: Environment["report"];
  /** Cancels operations. */
  readonly signal?: AbortSignal | undefined;
  /** How waits judge, show and end. */
  readonly waiting?: WaitSettings | undefined;
  /** If true, operations hold the lease of the release that they change. */
  readonly lease?: boolean | undefined;
  /** If true, operations also change releases that were migrated to Helm 3. */
  readonly ignoreHelm3?: boolean | undefined;
}

/** Makes the environment of operations on an open cluster. */
export async function environmentOf(cluster: Cluster, options: EnvironmentOptions): Promise<Environment> {
  const { createKubeClient, noteServerTime, serverSeconds } = await import("../engine/kube/mod.ts");
  return {
    kube: createKubeClient(cluster),
    driver: await recordDriver(cluster, options, (answer) => noteServerTime(cluster.transport, answer)),
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    report: options.report,
    historyMax: Math.max(0, options.historyMax),
    signal: options.signal,
    waiting: options.waiting,
    journals: options.tillerNamespace || RECORDS_NAMESPACE,
    ignoreHelm3: options.ignoreHelm3,
    lease: options.lease === true
      // An operation may wrap the transport, and the server's time is known by this one.
      ? { describe: leaseHolder, serverSeconds: () => serverSeconds(cluster.transport) }
      : undefined,
  };
}

/** Returns who holds leases: the user, the machine and the process. */
async function leaseHolder(): Promise<string> {
  const [{ hostname, userInfo }, { pid }] = await Promise.all([import("node:os"), import("node:process")]);
  const read = (right: "hostname" | "username", get: () => string): string => {
    try {
      return mayAsk(right) ? get() : "unknown";
    } catch {
      return "unknown";
    }
  };
  const user = read("username", () => userInfo().username);
  return `${user}@${read("hostname", hostname)}, process ${pid}`;
}

/** True if reading needs no question to the user. */
function mayAsk(kind: "hostname" | "username"): boolean {
  try {
    return Deno.permissions.querySync({ name: "sys", kind }).state === "granted";
  } catch {
    return true; // a runtime without permissions
  }
}

/** Opens a storage of release records, of a cluster or a database. */
export async function recordDriver(
  cluster: Cluster,
  options: Omit<EnvironmentOptions, "historyMax">,
  note: (answer: Response) => void = () => {},
): Promise<Driver> {
  const namespace = options.tillerNamespace || RECORDS_NAMESPACE;
  const driverOptions = {
    clock: options.clock,
    onBroken: (key: string, error: unknown) =>
      options.report({
        type: "warning",
        text: `record ${key} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      }),
  };
  const open = storageKind(options.storage);
  if (open === undefined) {
    throw new SkegError("usage", `unknown storage driver ${quote(options.storage)}`, { hint: `Use ${STORAGE_LIST}.` });
  }
  const { jsonCalls } = await import("../engine/kube/mod.ts");
  return await open({ call: jsonCalls(cluster.transport, note), namespace, sql: options.sql, options: driverOptions });
}
