/**
 * Starts a Tiller, and measures its CPU time and memory while a client uses it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import type { Bench } from "./bench.ts";
import type { Sample } from "./sample.ts";

/** Clock ticks a second, in which Linux counts CPU time. */
const TICKS = 100;

/** A running Tiller. */
export interface Tiller {
  /** Address for `--host`. */
  readonly host: string;
  /** Runs `work`; adds Tiller's CPU time and memory to its sample. */
  during(work: () => Promise<Sample>): Promise<Sample>;
  /** Returns its CPU time so far. */
  cpuSeconds(): number;
  stop(): void;
}

/** Takes the place of a Tiller where none is measured. */
export const NO_TILLER: Tiller = { host: "", during: (work) => work(), cpuSeconds: () => 0, stop: () => {} };

/** Starts a Tiller that keeps its records in `namespace`. */
export async function startTiller(bench: Bench, kubeconfig: string, namespace: string): Promise<Tiller> {
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const { tiller, env } = bench.programs;
  const process = spawn(tiller, ["--listen", host, "--probe=false"], {
    env: { ...env, KUBECONFIG: kubeconfig, TILLER_NAMESPACE: namespace },
    stdio: "ignore",
  });
  for (let attempt = 0; !(await isOpen(port)); attempt++) {
    if (attempt === 400) throw new Error("Tiller did not start");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    host,
    during: async (work) => {
      const pid = process.pid ?? 0;
      const before = cpuSeconds(pid);
      resetPeak(pid);
      const sample = await work();
      return { ...sample, cpu: sample.cpu + cpuSeconds(pid) - before, memory: Math.max(sample.memory, peakMiB(pid)) };
    },
    cpuSeconds: () => cpuSeconds(process.pid ?? 0),
    stop: () => void (process as ChildProcess).kill(),
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.end();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}

/** Returns the CPU time of a process so far; 0 where it cannot be read. */
export function cpuSeconds(pid: number): number {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, "utf8").replace(/^.*\) /s, "").split(" ");
    return (Number(fields[11]) + Number(fields[12])) / TICKS;
  } catch {
    return 0;
  }
}

function resetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, "5");
  } catch {
    // Only Linux can reset the peak. Elsewhere the peak since the start is used.
  }
}

/** Returns the peak memory of a process in MiB; 0 where it cannot be read. */
function peakMiB(pid: number): number {
  try {
    return Number(/VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}
