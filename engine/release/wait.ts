/**
 * Waits for the objects of a release, without changing anything.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { KubeManifest } from "../kube/mod.ts";
import type { Release } from "../model/mod.ts";
import { callOptions, waitCalls } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { recoveryHint } from "./recovery.ts";
import { ReleaseError } from "./release_error.ts";
import { findable } from "./removed.ts";
import { getRelease, type RevisionOptions } from "./status.ts";

/** Options of {@linkcode waitForRelease}. */
export interface WaitOptions extends RevisionOptions {
  /** Time limit; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
}

/**
 * Resolves when the objects of a release are ready, as `env.waiting` judges.
 *
 * @returns The release.
 * @throws SkegError of kind `not-found`, `release` (it is deleted), `timeout` or `unready`.
 */
export async function waitForRelease(env: Environment, options: WaitOptions): Promise<Release> {
  const release = await getRelease(env, options);
  const { namespace } = release;
  if (release.info.status.code === "DELETED") {
    const which = `${JSON.stringify(release.name)} (revision ${release.revision})`;
    throw new SkegError("release", `release ${which} is deleted: there is nothing to wait for`, {
      hint: recoveryHint(release),
    });
  }
  const manifest = await findable(env, namespace, new KubeManifest(release.manifest));
  const infos = await env.kube.resolve(namespace, manifest, callOptions(env));
  try {
    await env.kube.waitUntilReady(infos, options.timeoutSeconds ?? 300, waitCalls(env, release));
  } catch (cause) {
    throw new ReleaseError(cause instanceof Error ? cause.message : String(cause), {
      release,
      recorded: false,
      before: undefined,
      cause,
    });
  }
  return release;
}
