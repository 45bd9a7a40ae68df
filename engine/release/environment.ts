/**
 * Everything outside that an operation may touch, as one value.
 *
 * Tests pass a fixed clock, seeded randomness and the memory driver.
 *
 * Source: Helm 2.17.0, `pkg/tiller/environment`.
 *
 * @module
 */
import type { Release, Timestamp } from "../model/mod.ts";
import type { Driver } from "../../storage/mod.ts";
import type { KubeClient, KubeProgress, WaitSettings } from "../kube/mod.ts";

/** An event during an operation. */
export type ReleaseEvent =
  | { readonly type: "log"; readonly text: string } // Tiller's log lines: `info: …`
  | { readonly type: "warning"; readonly text: string }
  /** Something was done differently from the chart or the record; details are for terminals only. */
  | { readonly type: "note"; readonly text: string; readonly isDetail?: boolean | undefined }
  | {
    readonly type: "hook";
    readonly event: string;
    readonly name: string;
    readonly phase: "start" | "done" | "failed";
  }
  | { readonly type: "record"; readonly release: Release; readonly verb: "create" | "update" | "delete" }
  | { readonly type: "object"; readonly progress: KubeProgress }
  | { readonly type: "test"; readonly text: string }
  /** Lines that say why something failed, such as a test's pod and its log. */
  | { readonly type: "reason"; readonly text: string };

/** The holder of leases. */
export interface LeaseHolder {
  /** Returns the user, machine and process, such as `ann@build-7, process 4711`. */
  readonly describe: () => Promise<string>;
  /** Returns the server's time in Unix seconds; default: that of the environment's cluster. */
  readonly serverSeconds?: (() => number | undefined) | undefined;
  /** Waits before a lease is looked at again; rejects when the signal fires. Default: by a timer. */
  readonly wait?: ((seconds: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

/** Everything that operations read and change. */
export interface Environment {
  /** The cluster. */
  readonly kube: KubeClient;
  /** Stores release records. */
  readonly driver: Driver;
  /** Returns the current time. */
  readonly clock: () => Timestamp;
  /** A number from 0 up to, not including, 1. Templates make passwords from it: outside of tests it must not be predictable. */
  readonly random: () => number;
  /** Called with every event. */
  readonly report: (event: ReleaseEvent) => void;
  /** Revisions to keep per release; 0 keeps all. Source: `TILLER_HISTORY_MAX`. */
  readonly historyMax: number;
  /**
   * If false, other places are not searched when a release is not found. Default: they are, if the driver has
   * a `place`.
   */
  readonly lookElsewhere?: boolean | undefined;
  /** Longest wait for another operation that seems to be running on the same release; default 10. */
  readonly patienceSeconds?: number | undefined;
  /** How waits judge, show and end; default: as in Helm 2. */
  readonly waiting?: WaitSettings | undefined;
  /** Who holds the lease of a release while an operation changes it; absent: operations hold no leases. */
  readonly lease?: LeaseHolder | undefined;
  /** The mark of the lease that the operation holds already, by which it knows its own. */
  readonly heldLease?: string | undefined;
  /**
   * Namespace of the journals of migrations to Helm 3: operations refuse to change a release that was migrated. Absent: they
   * do not look.
   */
  readonly journals?: string | undefined;
  /** If true, operations also change releases that were migrated to Helm 3. */
  readonly ignoreHelm3?: boolean | undefined;
  /** Cancels the operation; its outcome is still recorded. */
  readonly signal?: AbortSignal | undefined;
}
