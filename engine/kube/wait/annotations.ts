/**
 * Annotations that change how an object is waited for: those of werf that mean the same here.
 *
 * Source: werf's documentation of annotations, "Tracking".
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";

/** The wishes of an object's annotations. */
export interface WaitAnnotations {
  /**
   * The effect of a failure: `fail` ends the wait (with `--fail-fast`), `hope` waits on until the end,
   * `ignore` goes on without it.
   */
  readonly onFailure: "fail" | "hope" | "ignore";
  /** The object has failed when nothing about it changed for so long, in milliseconds. */
  readonly idleMs: number | undefined;
  /** If true, its logs are not read. */
  readonly skipLogs: boolean;
  /** Only lines that match are shown. */
  readonly logPattern: RegExp | undefined;
}

const MODES: Readonly<Record<string, WaitAnnotations["onFailure"]>> = {
  FailWholeDeployProcessImmediately: "fail",
  HopeUntilEndOfDeployProcess: "hope",
  IgnoreAndContinueDeployProcess: "ignore",
};

/** Reads the annotations; values that are not understood count as absent. */
export function waitAnnotations({ metadata }: KubeObject): WaitAnnotations {
  const given = metadata?.annotations ?? {};
  return {
    onFailure: MODES[given["werf.io/fail-mode"] ?? ""] ?? "fail",
    idleMs: durationMs(given["werf.io/no-activity-timeout"]),
    skipLogs: given["werf.io/skip-logs"] === "true",
    logPattern: pattern(given["werf.io/log-regex"]),
  };
}

/** Returns a duration such as `1h30m` or `90s` in milliseconds. */
function durationMs(text = ""): number | undefined {
  const [, hours, minutes, seconds] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  const total = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60 + Number(seconds ?? 0);
  return total === 0 ? undefined : total * 1000;
}

function pattern(text = ""): RegExp | undefined {
  try {
    return text === "" ? undefined : new RegExp(text);
  } catch {
    return undefined; // Go's syntax knows more than JavaScript's
  }
}
