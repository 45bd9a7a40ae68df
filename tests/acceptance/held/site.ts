/**
 * Namespaces of a row in which the program under test works, and a look at
 * them that does not need the program.
 *
 * @module
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { KubeRequest } from "../../../engine/kube/mod.ts";
import type { KubeObject, Release } from "../../../engine/model/mod.ts";
import { configMapDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../_lib/object_call.ts";
import { chartFolder, type ChartShape, objectsOf } from "./charts.ts";
import { type Ground, sleep } from "./row.ts";

/** How a run of the program ended. */
export interface Ended {
  readonly code: number;
  /** The signal that ended it. */
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A run of the program that goes on. */
export interface Running {
  readonly pid: number;
  kill(signal: Deno.Signal): void;
  readonly ended: Promise<Ended>;
}

/** Options of a run. */
export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Another command line of the program. */
  readonly program?: readonly string[];
}

/** Two namespaces, one for objects and one for records, and the program that works in them. */
export interface Site {
  readonly namespace: string;
  readonly records: string;
  /** Starts the program. */
  start(args: readonly string[], options?: RunOptions): Running;
  /** Runs the program to its end. */
  run(args: readonly string[], options?: RunOptions): Promise<Ended>;
  /** Folder of a version of the chart. */
  chart(version: number, shape?: ChartShape): string;
  /** Arguments of `install`, but for its flags. */
  install(release: string, version: number, shape?: ChartShape): string[];
  /** Sends a request, without the program. Gives the status and the body. */
  ask(method: KubeRequest["method"], path: string, body?: unknown, contentType?: string): Promise<Answered>;
  /** `Kind/name` → object, of what is called `RELEASE-…` and is not being deleted. */
  objects(release: string): Promise<Map<string, KubeObject>>;
  /** Records of a release, oldest first. Rejects when one of them cannot be read. */
  history(release: string): Promise<Release[]>;
  close(): Promise<void>;
}

/** An answer of the server. */
export interface Answered {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const KINDS = [
  ["ConfigMap", "/api/v1", "configmaps"],
  ["Secret", "/api/v1", "secrets"],
  ["Service", "/api/v1", "services"],
  ["ServiceAccount", "/api/v1", "serviceaccounts"],
  ["Deployment", "/apis/apps/v1", "deployments"],
  ["Job", "/apis/batch/v1", "jobs"],
] as const;

/** Options of {@linkcode openSite}. */
export interface SiteOptions {
  /** Variables of every run of the program. */
  readonly env?: Readonly<Record<string, string>>;
  /** The namespaces are always the same for a label, and may be there. */
  readonly isFixed?: boolean;
}

/** Makes the namespaces. */
export async function openSite(
  ground: Ground,
  label: string,
  { env = {}, isFixed = false }: SiteOptions = {},
): Promise<Site> {
  const namespace = isFixed ? `held-${label}` : `held-${label}-${crypto.randomUUID().slice(0, 8)}`;
  const records = `${namespace}-records`;
  const { transport } = ground.cluster;
  const ask: Site["ask"] = async (method, path, body, contentType) => {
    const answer = await transport({
      method,
      path,
      body: body === undefined ? undefined : JSON.stringify(body),
      contentType,
    });
    const text = await answer.text();
    return {
      status: answer.status,
      body: /json/.test(answer.headers.get("content-type") ?? "") ? JSON.parse(text) : {},
    };
  };
  for (const name of [namespace, records]) {
    const { status } = await ask("POST", "/api/v1/namespaces", {
      apiVersion: "v1",
      kind: "Namespace",
      metadata: { name },
    });
    if (status !== 201 && !(isFixed && status === 409)) throw new Error(`namespace ${name}: ${status}`);
  }
  const home = join(ground.folder, namespace);
  mkdirSync(home, { recursive: true });
  const start: Site["start"] = (args, options = {}) =>
    startProgram(options.program ?? ground.program, args, {
      KUBECONFIG: ground.kubeconfig,
      TILLER_NAMESPACE: records,
      HOME: home,
      ...env,
      ...options.env,
    });
  const chart: Site["chart"] = (version, shape) => chartFolder(ground.folder, version, shape);
  return {
    namespace,
    records,
    start,
    run: (args, options) => start(args, options).ended,
    chart,
    install: (
      release,
      version,
      shape,
    ) => ["install", chart(version, shape), "--name", release, "--namespace", namespace],
    ask,
    async objects(release) {
      const found = new Map<string, KubeObject>();
      for (const [kind, base, plural] of KINDS) {
        const { status, body } = await ask("GET", `${base}/namespaces/${namespace}/${plural}`);
        if (status !== 200) throw new Error(`${plural}: ${status}`);
        for (const object of body["items"] as KubeObject[]) {
          const { name = "", deletionTimestamp } = object.metadata ?? {};
          if (name.startsWith(`${release}-`) && deletionTimestamp === undefined) found.set(`${kind}/${name}`, object);
        }
      }
      return found;
    },
    async history(release) {
      const { status, body } = await ask(
        "GET",
        `/api/v1/namespaces/${records}/configmaps?labelSelector=${encodeURIComponent(`NAME=${release}`)}`,
      );
      if (status !== 200) throw new Error(`records: ${status}`);
      const driver = configMapDriver(objectCallOf(transport), records);
      const found: Release[] = [];
      for (const { metadata } of body["items"] as KubeObject[]) {
        const release = await driver.get(metadata?.name ?? "");
        if (release !== undefined) found.push(release);
      }
      return found.sort((a, b) => a.revision - b.revision);
    },
    async close() {
      for (const name of [namespace, records]) await ask("DELETE", `/api/v1/namespaces/${name}`);
    },
  };
}

/** Starts a program with the variables of this process and some more. */
export function startProgram(
  program: readonly string[],
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Running {
  const [file = "", ...first] = program;
  const child = new Deno.Command(file, {
    args: [...first, ...args],
    env: { TZ: "UTC", NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return {
    pid: child.pid,
    kill(signal) {
      try {
        child.kill(signal);
      } catch {
        // It has ended.
      }
    },
    ended: child.output().then(({ code, signal, stdout, stderr }) => ({
      code,
      signal,
      stdout: text(stdout),
      stderr: text(stderr),
    })),
  };
}

/** Such as `1 SUPERSEDED, 2 DEPLOYED`; `none`. */
export function statusesOf(history: readonly Release[]): string {
  return history.map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ") || "none";
}

/** The version of the chart that a record has. */
export function versionOf(release: Release | undefined): number {
  return Number(release?.chart?.metadata.version?.split(".")[1] ?? 0);
}

/**
 * Everything in which the records of a release and the cluster disagree, in
 * words. A DEPLOYED newest revision has exactly the objects of its chart, as
 * its chart has them; a release that is DELETED or gone has none. Jobs are
 * hooks and count for themselves.
 */
export async function untruths(site: Site, release: string): Promise<string[]> {
  const history = await site.history(release);
  const wrong: string[] = [];
  const deployed = history.filter(({ info }) => info.status.code === "DEPLOYED");
  if (deployed.length > 1) wrong.push(`${deployed.length} revisions are DEPLOYED`);
  const newest = history.at(-1);
  const state = newest?.info.status.code ?? "gone";
  if (state !== "gone" && state !== "DELETED" && state !== "DEPLOYED") {
    return [...wrong, `the newest revision is ${state}`];
  }
  // Deletions may still be going on behind the answer.
  for (let attempt = 0;; attempt++) {
    const found = differences(await site.objects(release), release, state === "DEPLOYED" ? versionOf(newest) : 0);
    if (found.length === 0 || attempt === 20) {
      return wrong.concat(found.map((text) => `the release is ${state}: ${text}`));
    }
    await sleep(100);
  }
}

/** Objects that are missing, extra or of another version; version 0 has none. */
function differences(objects: ReadonlyMap<string, KubeObject>, release: string, version: number): string[] {
  const wanted = version === 0 ? [] : objectsOf(version, release);
  const found = [...objects].filter(([key]) => !key.startsWith("Job/"));
  const extra = found.filter(([key]) => !wanted.includes(key)).map(([key]) => `${key} is left over`);
  const missing = wanted.filter((key) => !objects.has(key)).map((key) => `${key} is missing`);
  const stale = found.filter(([key, object]) =>
    wanted.includes(key) && object.metadata?.labels?.["version"] !== String(version)
  ).map(([key, object]) => `${key} shows version ${object.metadata?.labels?.["version"]}, not ${version}`);
  return [...extra, ...missing, ...stale];
}
