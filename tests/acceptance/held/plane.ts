/**
 * The processes of a control plane on this machine: killed, stopped and
 * started again while a row plays.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { openCluster } from "../../../engine/kube/mod.ts";
import { until } from "../../_lib/processes.ts";

/** A program of the control plane. */
export type Part = "etcd" | "kube-apiserver" | "kube-controller-manager" | "kube-scheduler" | "kwok";

/** A control plane whose processes are on this machine. */
export interface Plane {
  /** Sends a signal to a program. */
  signal(part: Part, signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): void;
  /** Starts a program that was killed, with the arguments that it had. */
  restart(part: Part): void;
  /** Resolves when the API server is ready. */
  ready(): Promise<void>;
}

interface Known {
  pid: number;
  readonly argv: readonly string[];
}

/** The control plane whose folder has `kubeconfig` and `pids`, one process id a line; `undefined` without that file. */
export function planeIn(folder: string): Plane | undefined {
  const pids = join(folder, "pids");
  if (!existsSync(pids)) return undefined;
  const parts = new Map<string, Known>();
  for (const line of readFileSync(pids, "utf8").trim().split("\n")) {
    const argv = readFileSync(`/proc/${line}/cmdline`, "utf8").split("\0").slice(0, -1);
    parts.set(basename(argv[0] ?? ""), { pid: Number(line), argv });
  }
  const known = (part: Part): Known => {
    const found = parts.get(part);
    if (found === undefined) throw new Error(`${folder}: no ${part} runs`);
    return found;
  };
  const children: ChildProcess[] = [];
  return {
    signal: (part, signal) => void Deno.kill(known(part).pid, signal),
    restart(part) {
      const process = known(part);
      const [program = "", ...args] = process.argv;
      const log = openSync(join(folder, `${part}.log`), "a");
      const child = spawn(program, args, { stdio: ["ignore", log, log], detached: true });
      closeSync(log);
      child.unref();
      children.push(child);
      if (child.pid === undefined) throw new Error(`${part} cannot be started again`);
      process.pid = child.pid;
      appendFileSync(pids, `${child.pid}\n`); // who ends the control plane ends this one too
    },
    async ready() {
      const cluster = await openCluster({ kubeconfig: join(folder, "kubeconfig") });
      try {
        await until(
          async () => {
            const answer = await cluster.transport({
              method: "GET",
              path: "/readyz",
              signal: AbortSignal.timeout(2000),
            });
            await answer.body?.cancel();
            return answer.status === 200;
          },
          () => "the API server did not come back",
          120_000,
        );
      } finally {
        await cluster.close();
      }
    },
  };
}
