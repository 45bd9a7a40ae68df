/**
 * The rows of the table of what skeg holds under: what each one needs, and what it gives.
 *
 * @module
 */
import type { Cluster } from "../../../engine/kube/mod.ts";
import type { Plane } from "./plane.ts";

/** The environment that every row works in. */
export interface Ground {
  /** Command line of the program under test, without arguments. */
  readonly program: readonly string[];
  /** Path of a kubeconfig of the control plane. */
  readonly kubeconfig: string;
  /** The control plane, looked at without the program. */
  readonly cluster: Cluster;
  /** The control plane's processes; absent when they are not on this machine. */
  readonly plane: Plane | undefined;
  /** A folder for files of the run; removed at the end. */
  readonly folder: string;
  /** Numbers in [0, 1); the same seed gives the same ones. */
  readonly random: () => number;
  /** Picks the figure of a whole run, or that of a quick one. */
  readonly scale: (whole: number, quick: number) => number;
  /** Says what goes on, on standard error. */
  readonly note: (text: string) => void;
}

/** The result of a row. */
export interface Tally {
  /** Figures of what was tried, such as `80 runs, 63 kills`. */
  readonly tried: string;
  /** Every loss and every wrong outcome, in words; empty when all held. */
  readonly wrong: readonly string[];
  /** Anything else worth a figure. */
  readonly remark?: string | undefined;
}

/** A row of the table. */
export interface Row {
  /** The name that `--rows` takes. */
  readonly name: string;
  /** The description of the row in the table. */
  readonly what: string;
  /** True when the row stops the control plane's processes. */
  readonly needsPlane?: boolean;
  /** Does it. Rejects only when the row itself could not be played. */
  readonly play: (ground: Ground) => Promise<Tally>;
}

/** One of several, at random. */
export function oneOf<T>(random: () => number, choices: readonly T[]): T {
  const chosen = choices[Math.floor(random() * choices.length)];
  if (chosen === undefined) throw new Error("nothing to choose from");
  return chosen;
}

/** Plays `count` parts, `width` at a time. */
export async function sideBySide(count: number, width: number, play: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) await play(index);
  };
  await Promise.all(Array.from({ length: Math.min(width, count) }, work));
}

/** Resolves after a while. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
