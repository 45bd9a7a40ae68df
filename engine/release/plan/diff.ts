/**
 * Compares revisions and releases by their records.
 *
 * @module
 */
import type { Release } from "../../model/mod.ts";
import { defaultCapabilities } from "../../model/mod.ts";
import { SkegError } from "../../../errors.ts";
import type { ChangeReport } from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { getRelease } from "../status.ts";
import { type CompareChoices, compareRevisions } from "./compare_revisions.ts";

/** Options of {@linkcode diffRevisions}. */
export interface DiffRevisionsOptions extends CompareChoices {
  /** The release. */
  readonly name: string;
  /** The revision that is compared. */
  readonly from: number;
  /** With this one; absent: the newest. */
  readonly to?: number | undefined;
}

/**
 * Compares two revisions of a release. Reads records, and the cluster's version for renders that explain differences.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function diffRevisions(env: Environment, options: DiffRevisionsOptions): Promise<ChangeReport> {
  const { name, from, to } = options;
  if (from < 1 || to !== undefined && to < 1) throw new SkegError("usage", "a revision is a number from 1");
  const [old, target] = await Promise.all([
    getRelease(env, { name, revision: from }),
    getRelease(env, { name, revision: to }),
  ]);
  return await compared(env, old, target, options);
}

/** Options of {@linkcode diffReleases}. */
export interface DiffReleasesOptions extends CompareChoices {
  /** The release that is compared. */
  readonly name: string;
  /** With this one. */
  readonly other: string;
}

/**
 * Compares the newest revisions of two releases. Objects whose names begin with the release's name are matched.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function diffReleases(env: Environment, options: DiffReleasesOptions): Promise<ChangeReport> {
  const [old, target] = await Promise.all([
    getRelease(env, { name: options.name }),
    getRelease(env, { name: options.other }),
  ]);
  return await compared(env, old, target, options);
}

async function compared(
  env: Environment,
  old: Release,
  target: Release,
  choices: CompareChoices,
): Promise<ChangeReport> {
  return await compareRevisions({ old, target }, await capabilitiesOf(env), choices);
}

/** Returns the cluster's capabilities; the defaults if the user may not read them. */
async function capabilitiesOf(env: Environment) {
  try {
    return await env.kube.capabilities(callOptions(env));
  } catch (error) {
    if (env.signal?.aborted) throw error;
    return defaultCapabilities();
  }
}
