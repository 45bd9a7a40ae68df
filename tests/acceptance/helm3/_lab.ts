/**
 * One real API server, skeg in this process, and the real Helm 2, 3 and 4 with a Tiller, for checks of migrations.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type Cluster, createKubeClient, openCluster } from "../../../engine/kube/mod.ts";
import type { KubeObject, Release } from "../../../engine/model/mod.ts";
import type { Environment } from "../../../engine/release/mod.ts";
import { configMapDriver, type Driver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../_lib/object_call.ts";
import { freePort, listens, processesIn, until } from "../../_lib/processes.ts";
import { type Outcome, program } from "../../_lib/program.ts";
import { runProgram } from "../../e2e/_programs.ts";

/** The names of the real programs. */
export type HelmName = "helm2" | "helm3" | "helm4";

/** The cluster and the programs. */
export interface Lab {
  /** Folder for files; removed at the end. */
  readonly folder: string;
  readonly cluster: Cluster;
  /** Runs a command line of skeg. */
  readonly skeg: (...words: string[]) => Promise<Outcome>;
  /** Runs a real Helm. `helm2` needs {@linkcode withTiller}. */
  readonly helm: (name: HelmName, ...words: string[]) => Promise<Outcome>;
  /** Path of a real program. */
  readonly path: (name: string) => string;
  /** Returns the body of a GET; `undefined` when there is no such object. */
  readonly read: (path: string) => Promise<KubeObject | undefined>;
  /** Sends a request and returns the status. */
  readonly send: (method: "POST" | "PUT" | "PATCH" | "DELETE", path: string, body?: unknown) => Promise<number>;
  /** Helm 2's records in a namespace, by default `kube-system`. */
  readonly driver: (namespace?: string) => Driver;
  /** An environment for operations. */
  readonly environment: Environment;
  /** All records of a release of Helm 2, oldest first. */
  readonly records: (name: string) => Promise<Release[]>;
  /** Writes files below the folder; returns the path of the first part. */
  readonly files: (name: string, files: Readonly<Record<string, string>>) => string;
  readonly end: () => Promise<void>;
}

/**
 * Opens the cluster of a kubeconfig.
 *
 * @param programs Folder of the real programs.
 * @param tested Command that starts the program under test; empty: the sources, in this process.
 */
export async function openLab(kubeconfig: string, programs: string, tested = ""): Promise<Lab> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-helm3-"));
  const cluster = await openCluster({ kubeconfig });
  const call = objectCallOf(cluster.transport);
  const path = (name: string): string => join(programs, name);
  const env = { KUBECONFIG: kubeconfig, HOME: folder, HELM_HOME: join(folder, ".helm"), TZ: "UTC" };
  const driver = (namespace = "kube-system"): Driver => configMapDriver(call, namespace);
  return {
    folder,
    cluster,
    path,
    skeg: (...words) => {
      const variables = { ...env, PATH: "/usr/bin:/bin", SKEG_NAME: "skeg" };
      const [file, ...first] = tested.split(" ");
      if (file === undefined || file === "") return program(words, { own: true, variables });
      const cache = Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache", "deno");
      return runProgram(file, [...first, ...words], { env: { ...variables, DENO_DIR: cache } });
    },
    helm: (name, ...words) => runProgram(path(name), words, { env: { ...env, ...tillerHost } }),
    read: async (path) => {
      const { status, body } = await call("GET", path);
      if (status === 404) return undefined;
      if (status >= 300) throw new Error(`GET ${path}: ${status} ${JSON.stringify(body)}`);
      return body as KubeObject;
    },
    send: async (method, path, body) => {
      const contentType = method === "PATCH" ? "application/merge-patch+json" : undefined;
      const answer = await cluster.transport({
        method,
        path,
        contentType,
        body: body === undefined ? undefined : JSON.stringify(body),
      });
      await answer.text();
      return answer.status;
    },
    driver,
    environment: {
      kube: createKubeClient(cluster),
      driver: driver(),
      clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
      random: Math.random,
      report: () => {},
      historyMax: 0,
    },
    records: async (name) =>
      (await driver().list()).filter((release) => release.name === name).sort((a, b) => a.revision - b.revision),
    files: (name, files) => {
      for (const [file, text] of Object.entries(files)) {
        const target = join(folder, name, file);
        mkdirSync(dirname(target), { recursive: true });
        writeFileSync(target, text);
      }
      return join(folder, name);
    },
    end: async () => {
      await cluster.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The address of the running Tiller, for Helm 2. */
const tillerHost: { HELM_HOST?: string } = {};

/**
 * Runs `work` while a Tiller runs, as a process beside the cluster.
 *
 * @param more Further flags of Tiller, such as those of its storage.
 */
export async function withTiller(
  lab: Lab,
  kubeconfig: string,
  work: () => Promise<void>,
  more: readonly string[] = [],
): Promise<void> {
  const processes = processesIn(lab.folder);
  const port = await freePort();
  try {
    processes.start("tiller", lab.path("tiller"), ["--listen", `127.0.0.1:${port}`, "--probe=false", ...more], {
      KUBECONFIG: kubeconfig,
      HOME: lab.folder,
      TILLER_NAMESPACE: "kube-system",
    });
    await until(() => listens(port), () => `Tiller did not start: ${processes.log("tiller")}`);
    tillerHost.HELM_HOST = `127.0.0.1:${port}`;
    await lab.helm("helm2", "init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/");
    await work();
  } finally {
    delete tillerHost.HELM_HOST;
    await processes.stop();
  }
}

/** Counts checks; a line tells of each that failed. */
export interface Tally {
  readonly check: (what: string, problem: string) => void;
  readonly passed: () => number;
  readonly failed: () => number;
}

/** Writes a line. */
export function say(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

/** Returns a tally. */
export function tally(): Tally {
  let passed = 0, failed = 0;
  return {
    check: (what, problem) => {
      if (problem === "") passed++;
      else failed++;
      if (problem !== "") say(`FAIL ${what}: ${problem.replaceAll(/\s+/g, " ").trim().slice(0, 600)}`);
    },
    passed: () => passed,
    failed: () => failed,
  };
}
