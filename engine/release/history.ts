/**
 * A release's revisions.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_history.go`.
 *
 * @module
 */
import type { Release } from "../model/mod.ts";
import { newestRevisions } from "../../storage/mod.ts";
import { fetchOptions } from "./_outline.ts";
import type { Environment } from "./environment.ts";
import { checkExistingName } from "./names.ts";

/** Options of {@linkcode history}. */
export interface HistoryOptions {
  /** The release. */
  readonly name: string;
  /** The most revisions to return, newest first. Absent: all. Helm 2: 0 and less returns none. */
  readonly max?: number | undefined;
  /**
   * If true, returns only name, revision, namespace, `info` and the chart's metadata; many whole releases
   * take much memory.
   */
  readonly outlines?: boolean | undefined;
}

/**
 * Returns the revisions of a release, newest first.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function history(env: Environment, options: HistoryOptions): Promise<readonly Release[]> {
  checkExistingName(options.name);
  const count = Math.max(0, options.max ?? Infinity);
  return await newestRevisions(env.driver, options.name, count, fetchOptions(env, options));
}
