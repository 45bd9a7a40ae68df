/**
 * Signals of the operating system: SIGINT (Ctrl-C), SIGTERM, SIGHUP.
 *
 * By default they end the process at once, without running JavaScript, even while a template is computing or
 * a values file is read from a pipe. Only work that could be left half done holds them, from its first change
 * to its end.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";

/** Exit status of a process that a signal ended, as shells report it. */
const STATUSES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Options for holding signals. */
export interface HoldOptions {
  /**
   * The process ends this long after the first signal, even if work is still running; default: when the work
   * has ended.
   */
  readonly graceMs?: number | undefined;
}

/** The process's signals, for commands. */
export interface Signals {
  /** Fires at the first signal while signals are held. Its reason is a {@linkcode SkegError} with the exit status. */
  readonly signal: AbortSignal;
  /**
   * Makes signals fire `signal` instead of ending the process, until the returned function is called. A
   * second signal ends the process.
   */
  readonly holdSignals: (options?: HoldOptions) => () => void;
}

/** Runs work that must end cleanly, such as removing its files, and holds signals during it. */
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

/** Time limit for removing the files of a download. */
export const DOWNLOAD_GRACE: HoldOptions = { graceMs: 1000 };

/** Returns the signals of this process. Handlers are installed only while signals are held. */
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

/** Returns the exit status of a command that failed after a held signal; `undefined` without one. */
export function statusOfSignal(signal: AbortSignal): number | undefined {
  return signal.aborted && signal.reason instanceof SkegError ? signal.reason.exitCode : undefined;
}
