/**
 * The outside, as one value: everything an operation may touch.
 *
 * Tests hand in a fixed clock, seeded randomness and the memory driver.
 *
 * Source: Helm 2.17.0, `pkg/tiller/environment`.
 *
 * @module
 */
import type { Release, Timestamp } from "../model/mod.ts";
import type { Driver } from "../../storage/mod.ts";
import type { KubeClient, KubeProgress } from "../kube/mod.ts";

/** Something that happened, for a person who watches. */
export type ReleaseEvent =
  | { readonly type: "log"; readonly text: string } // Tiller's log lines: `info: …`
  | { readonly type: "warning"; readonly text: string }
  /** What was done otherwise than the chart or record says; a detail is for a person who watches. */
  | { readonly type: "note"; readonly text: string; readonly isDetail?: boolean | undefined }
  | {
    readonly type: "hook";
    readonly event: string;
    readonly name: string;
    readonly phase: "start" | "done" | "failed";
  }
  | { readonly type: "record"; readonly release: Release; readonly verb: "create" | "update" | "delete" }
  | { readonly type: "object"; readonly progress: KubeProgress }
  | { readonly type: "test"; readonly text: string };

/** What operations act on. */
export interface Environment {
  /** The cluster. */
  readonly kube: KubeClient;
  /** Where records are. */
  readonly driver: Driver;
  /** Now. */
  readonly clock: () => Timestamp;
  /** A number from 0 up to, not including, 1. Templates make passwords from it: outside of tests it must not be predictable. */
  readonly random: () => number;
  /** Is told of everything that happens. */
  readonly report: (event: ReleaseEvent) => void;
  /** Revisions to keep per release; 0 keeps all. Source: `TILLER_HISTORY_MAX`. */
  readonly historyMax: number;
  /** False: do not look for records in other places when nothing is found. Default: look, where the driver says which places there are. */
  readonly lookElsewhere?: boolean | undefined;
  /** How long another operation on the same release that seems to be at work is waited for; default 10. */
  readonly patienceSeconds?: number | undefined;
  /** Interrupts the operation; what has to be recorded is recorded all the same. */
  readonly signal?: AbortSignal | undefined;
}
