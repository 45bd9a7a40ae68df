/**
 * Waits until the objects of a manifest are ready.
 *
 * Source: Helm 2.17.0, `pkg/kube/wait.go`; `release-pipeline.md` 8.8. Helm 2 reads every object every two seconds; here
 * one watch for each resource and namespace serves all objects, with the same verdicts.
 *
 * @module
 */
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";
import { targetsOf, unusedIgnores } from "./wait/targets.ts";
import { Watcher } from "./wait/watcher.ts";

/**
 * Pause before the first look of Helm 2's wait. In the first moment after a change, the status of a Deployment is that of
 * before.
 */
const FIRST_LOOK_MS = 2000;

/** Options of {@linkcode waitUntilReady}. */
export interface KubeWaitOptions extends KubeCallOptions {
  /** 0 means no limit; a negative one is over after the first look. */
  readonly timeoutSeconds: number;
  /** Pause before the first look; default two seconds, with strict rules none. */
  readonly firstMs?: number | undefined;
  /** How strictly; overrides the one of `waiting`. */
  readonly waitStrict?: boolean | "all" | undefined;
  /** If true, nothing was changed before the wait. */
  readonly isUnchanged?: boolean | undefined;
}

/**
 * Resolves when all objects are ready at one and the same look.
 *
 * The wait continues after temporary failures, such as a restarting API server; Helm 2 gave up.
 *
 * @param infos Objects as returned by the server.
 * @throws SkegError `timed out waiting for the condition` of kind `timeout`; with `failFastSeconds`, of kind `unready`.
 */
export async function waitUntilReady(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeWaitOptions,
): Promise<void> {
  const waitStrict = options.waitStrict ?? options.waiting?.waitStrict ?? false;
  const settings = { ...options.waiting, waitStrict };
  for (const entry of unusedIgnores(infos, settings.waitIgnore ?? [])) {
    options.report?.({
      verb: "wait-note",
      object: "",
      namespace: "",
      detail: `--wait-ignore ${entry} names no object`,
    });
  }
  const targets = targetsOf(infos, settings);
  if (targets.length === 0) return;
  const isPatient = waitStrict === false && options.isUnchanged !== true;
  await new Watcher(transport, targets, {
    ...options,
    settings,
    infos,
    firstMs: options.firstMs ?? (isPatient ? FIRST_LOOK_MS : 0),
  }).untilReady();
}
