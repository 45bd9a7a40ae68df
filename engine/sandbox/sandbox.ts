/**
 * The sandbox: an API server in this process, with its state in SQLite.
 *
 * @module
 */
import type { Cluster } from "../kube/mod.ts";
import { serve } from "./api.ts";
import type { SandboxRequest } from "./call.ts";
import { manageController } from "./fields/manage.ts";
import { CONTROLLERS, kindOf } from "./kinds/table.ts";
import type { Machine } from "./machine.ts";
import { Pump } from "./pump.ts";
import { openRegistry } from "./registry.ts";
import { seed, trust } from "./seed.ts";
import { openStore } from "./store.ts";

/** Options of {@linkcode openSandbox}. */
export interface SandboxOptions {
  /** The file that keeps the state; in memory when there is none. */
  readonly file?: string | undefined;
  /** The time that objects are stamped with; default the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Called with a warning when others may read the file. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** A cluster in this process. */
export interface Sandbox extends Cluster {
  /** For messages. */
  readonly server: "sandbox";
  /** Runs all tasks that are due now. */
  settle(): Promise<void>;
  /** Sets the address that the sandbox is served at, and the certificate of its authority. */
  announce(host: string, authority: string): void;
}

/**
 * Opens a sandbox.
 *
 * Closing it first runs the tasks that are due soon, so that a short-lived process leaves a settled
 * state behind.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const sandbox = await openSandbox();
 * const answer = await sandbox.transport({ method: "GET", path: "/api/v1/namespaces/default" });
 * equal(answer.status, 200);
 * await sandbox.close();
 * ```
 */
export function openSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const store = openStore(options.file, options.warn);
  const pump = new Pump(store, { shared: options.file !== undefined });
  const machine: Machine = {
    store,
    controllers: CONTROLLERS,
    registry: openRegistry(store),
    now: options.clock ?? (() => new Date()),
    wake: () => pump.wake(),
    traits: kindOf,
    manage: (resource, before, next) => manageController(machine, resource, before, next),
  };
  pump.start(machine);
  seed(machine);
  // Shown by `/api` until the sandbox is served.
  let host = "127.0.0.1:6443";
  const context = { machine, watchers: pump, host: () => host };
  return Promise.resolve({
    server: "sandbox",
    namespace: "default",
    transport: (request: SandboxRequest) => serve(context, request),
    settle: () => pump.settle(0),
    announce(given, authority) {
      host = given;
      store.transaction(() => trust(machine, authority));
    },
    async close() {
      await pump.stop();
      store.close();
    },
  });
}
