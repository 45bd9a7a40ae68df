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
import { checkReleaseName } from "./names.ts";

/** Options of {@linkcode history}. */
export interface HistoryOptions {
  /** The release. */
  readonly name: string;
  /** At most so many, the newest. Absent: all. Helm 2: 0 and less gives none. */
  readonly max?: number | undefined;
  /** Leave out all but name, revision, namespace, `info` and the chart's metadata; many whole releases are a lot of memory. */
  readonly outlines?: boolean | undefined;
}

/**
 * Revisions of a release, newest first.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function history(env: Environment, options: HistoryOptions): Promise<readonly Release[]> {
  checkReleaseName(options.name);
  const count = Math.max(0, options.max ?? Infinity);
  return await newestRevisions(env.driver, options.name, count, fetchOptions(env, options));
}
