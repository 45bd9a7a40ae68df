/**
 * Signals of the operating system: SIGINT (Ctrl-C), SIGTERM, SIGHUP.
 *
 * They end the process at once, as the system's default is, and no JavaScript
 * has to run for that: also while a template computes, or a values file is
 * read from a pipe. Only work that leaves something half done takes them, from
 * its first change to its end.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";

/** Exit status of a process that a signal ended, as shells report it. */
const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** How signals are held. */
export interface HoldOptions {
  /** The process ends this long after the first signal, whatever still runs; default: when the work has ended. */
  readonly graceMs?: number | undefined;
}

/** The process's signals, as far as commands deal with them. */
export interface Signals {
  /** Fires at the first signal while signals are held. Its reason is a {@linkcode SkegError} with the exit status. */
  readonly signal: AbortSignal;
  /**
   * Has signals fire `signal` instead of ending the process, until the returned function is called. A second one
   * ends the process.
   */
  readonly holdSignals: (options?: HoldOptions) => () => void;
}

/** Runs work that must end cleanly, such as work with files that are to be removed, and holds signals meanwhile. */
export async function whileHolding<T>(
  { holdSignals }: Pick<Signals, "holdSignals">,
  work: () => Promise<T>,
  options: HoldOptions = {},
): Promise<T> {
  const release = holdSignals(options);
  try {
    return await work();
  } finally {
    release();
  }
}

/** Time to remove files of a download. */
export const DOWNLOAD_GRACE: HoldOptions = { graceMs: 1000 };

/** The signals of this process. Nothing is installed until they are held. */
export function processSignals(): Signals {
  let stop: AbortController | undefined;
  const controller = (): AbortController => stop ??= new AbortController();
  const holds = new Set<HoldOptions>();
  const names = Deno.build.os === "windows" ? ["SIGINT"] as const : ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  const listeners = names.map((name) =>
    [name, () => {
      const { signal } = controller();
      const exitCode = STATUSES[name];
      if (signal.aborted) Deno.exit(exitCode);
      controller().abort(new SkegError("aborted", `stopped by ${name}`, { exitCode }));
      const graces = [...holds].map(({ graceMs }) => graceMs);
      if (graces.every((graceMs) => graceMs !== undefined)) setTimeout(() => Deno.exit(exitCode), Math.max(...graces));
    }] as const
  );
  return {
    get signal() {
      return controller().signal;
    },
    holdSignals(options = {}) {
      const hold = { ...options };
      if (holds.size === 0) { for (const [name, listener] of listeners) Deno.addSignalListener(name, listener); }
      holds.add(hold);
      return () => {
        if (!holds.delete(hold) || holds.size > 0) return;
        for (const [name, listener] of listeners) Deno.removeSignalListener(name, listener);
      };
    },
  };
}

/** The exit status of a command that failed after a signal was taken; `undefined` when none was. */
export function statusOfSignal(signal: AbortSignal): number | undefined {
  return signal.aborted && signal.reason instanceof SkegError ? signal.reason.exitCode : undefined;
}
