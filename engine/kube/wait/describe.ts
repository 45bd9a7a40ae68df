/**
 * The words below an error: what is not ready, why, and what is.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import { type PodProgress, podWords } from "./pod_words.ts";

/** An object as the words show it. */
export interface Described {
  /** `Deployment/web`. */
  readonly object: string;
  readonly isReady: boolean;
  readonly reason: string;
  /** Pods that are not ready. */
  readonly pods: readonly PodProgress[];
  /** The newest warning about the object, or empty. */
  readonly event: string;
}

/** More objects and pods than these are counted, not listed. */
const OBJECTS_MAX = 12;
const PODS_MAX = 3;
const READY_MAX = 3;

/** Returns the lines for objects of a wait that ended too early: those that are not ready first. */
export function describe(entries: readonly Described[]): string {
  const late = entries.filter(({ isReady }) => !isReady);
  const shown = late.slice(0, OBJECTS_MAX);
  const width = Math.max(0, ...shown.map(({ object }) => object.length));
  const lines = shown.flatMap((entry) => [`  ${entry.object.padEnd(width)}   ${entry.reason}`, ...below(entry)]);
  if (late.length > shown.length) lines.push(`  … and ${late.length - shown.length} more`);
  const done = entries.filter(({ isReady }) => isReady).map(({ object }) => object);
  if (done.length > 0) {
    const rest = done.length - READY_MAX;
    lines.push(`  ready: ${done.slice(0, READY_MAX).join(", ")}${rest > 0 ? `, ${rest} more` : ""}`);
  }
  return lines.join("\n");
}

function below({ pods, event }: Described): string[] {
  const shown = pods.slice(0, PODS_MAX);
  // Pods of one workload mostly fail in the same way: the log is shown once.
  const told = new Set<string>();
  const lines = shown.flatMap((pod) => {
    const text = (pod.lines ?? []).join("\n");
    const isKnown = told.has(text);
    told.add(text);
    return describePod(isKnown ? { ...pod, lines: [] } : pod);
  });
  if (pods.length > shown.length) lines.push(`    … and ${counted(pods.length - shown.length, "more pod")}`);
  if (event !== "" && pods.length === 0) lines.push(`    event: ${event}`);
  return lines;
}

/** Returns the lines about one pod: its state, and its last lines of log. */
export function describePod(pod: PodProgress): string[] {
  return [`    pod ${pod.name}   ${podWords(pod)}`, ...(pod.lines ?? []).map((line) => `      | ${line}`)];
}
