/** A sandbox with an environment for each kind of storage, for tests of what reads and moves records. */
import { createKubeClient } from "../../engine/kube/mod.ts";
import type { Environment } from "../../engine/release/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { configMapDriver, type Driver, type ObjectCall, secretDriver } from "../../storage/mod.ts";
import { objectCallOf } from "./object_call.ts";

/** A sandbox whose records can be in several places. */
export interface StorageStage extends AsyncDisposable {
  /** Sends requests about objects. */
  readonly call: ObjectCall;
  /** Returns an environment whose records are in another place of the same sandbox. */
  readonly on: (driver: Driver) => Environment;
  /** Its records are ConfigMaps of `kube-system`. */
  readonly maps: Environment;
  /** Its records are Secrets of `kube-system`. */
  readonly secrets: Environment;
}

/**
 * Opens a sandbox.
 *
 * @param more Parts of every environment, such as `lease`.
 */
export async function storageStage(more: Partial<Environment> = {}): Promise<StorageStage> {
  const cluster = await openSandbox();
  const call = objectCallOf(cluster.transport);
  const on = (driver: Driver): Environment => ({
    kube: createKubeClient(cluster),
    driver,
    clock: () => ({ seconds: Math.floor(Date.now() / 1000), nanos: 0 }),
    random: () => 0,
    report: () => {},
    historyMax: 0,
    ...more,
  });
  return {
    call,
    on,
    maps: on(configMapDriver(call, "kube-system")),
    secrets: on(secretDriver(call, "kube-system")),
    [Symbol.asyncDispose]: () => cluster.close(),
  };
}
