/**
 * Programs that tests start and end.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { join } from "node:path";

/** A group of programs that are started and stopped together. */
export interface Processes {
  /** Starts a program; its output goes to `NAME.log` in the folder. */
  start(name: string, program: string, args: readonly string[], env?: Record<string, string>): void;
  /** Returns the output of a program so far. */
  log(name: string): string;
  /** Kills a program at once, as a crash does. */
  kill(name: string): Promise<void>;
  /** Asks all programs to exit, the newest first, and waits for it. */
  stop(): Promise<void>;
}

/** Time that a program has to exit before it is killed. */
const GRACE_MS = 5000;

/** Returns a group of programs whose logs are in `folder`. */
export function processesIn(folder: string): Processes {
  const running: ChildProcess[] = [];
  const byName = new Map<string, ChildProcess>();
  const logOf = (name: string): string => join(folder, `${name}.log`);
  return {
    start(name, program, args, env = {}) {
      const log = openSync(logOf(name), "w");
      const child = spawn(program, args, { env: { ...Deno.env.toObject(), ...env }, stdio: ["ignore", log, log] });
      running.push(child);
      byName.set(name, child);
      closeSync(log);
    },
    log: (name) => readFileSync(logOf(name), "utf8"),
    async kill(name) {
      const child = byName.get(name);
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
    },
    async stop() {
      for (let child = running.pop(); child !== undefined; child = running.pop()) {
        if (child.exitCode !== null || child.signalCode !== null) continue;
        const ended = once(child, "exit");
        child.kill("SIGTERM");
        const stubborn = child;
        const timer = setTimeout(() => stubborn.kill("SIGKILL"), GRACE_MS);
        await ended;
        clearTimeout(timer);
      }
    },
  };
}

/** Returns a port of 127.0.0.1 that is free at this moment. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject).listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** Waits until `ready` resolves to true; after the timeout rejects with `what` and the last error. */
export async function until(ready: () => Promise<boolean>, what: () => string, timeoutMs = 60_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  for (let last: unknown;;) {
    try {
      if (await ready()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) throw new Error(what(), { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** True if a program listens on a port of 127.0.0.1. */
export function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
