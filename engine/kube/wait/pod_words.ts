/**
 * A pod that is waited for, and its words for a person. Imports nothing: every command's progress uses it.
 *
 * @module
 */

/** A pod that an object waits for. */
export interface PodProgress {
  /** Its name. */
  readonly name: string;
  /** True if it is ready, or has completed. */
  readonly ready: boolean;
  /** One word or a few: `ready`, `CrashLoopBackOff`, `Unschedulable` … */
  readonly reason: string;
  /** More words, such as the message of the container's state; or empty. */
  readonly message: string;
  /** Restarts of the container in trouble. */
  readonly restarts: number;
  /** Exit code of the container that failed last. */
  readonly exitCode?: number | undefined;
  /** The container in trouble. */
  readonly container?: string | undefined;
  /** Last lines of its log, when they were read. */
  readonly lines?: readonly string[] | undefined;
}

/** Reasons that every new pod passes through. */
const USUAL: ReadonlySet<string> = new Set([
  "Pending",
  "ContainerCreating",
  "PodInitializing",
  "is running, but not ready",
  "is being deleted",
]);

/** True for a pod that is not ready for another reason than those that every new pod passes through. */
export function isInTrouble({ ready, reason }: PodProgress): boolean {
  return !ready && !USUAL.has(reason);
}

/** Returns `CrashLoopBackOff, 4 restarts, exit code 1`. */
export function podWords({ reason, message, restarts, exitCode, ready }: PodProgress): string {
  const parts = [reason];
  if (!ready && restarts > 0) parts.push(`${restarts} restart${restarts === 1 ? "" : "s"}`);
  if (!ready && exitCode !== undefined) parts.push(`exit code ${exitCode}`);
  const words = parts.join(", ");
  // The message of a crash says only how long the back-off is.
  const isTold = ready || message === "" ||
    /restarting failed container|^containers with unready status/i.test(message);
  return isTold ? words : `${words}: ${firstLine(message)}`;
}

/** Returns the first line of a text, cut to what fits a line of a log. */
export function firstLine(text: string, max = 240): string {
  const [line = ""] = text.trim().split("\n", 1);
  return line.length <= max ? line : `${line.slice(0, max - 1)}…`;
}
