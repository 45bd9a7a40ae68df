/**
 * A look at objects that is kept up to date.
 *
 * @module
 */
import { sleep } from "../abort.ts";
import type { ResourceInfo, Transport } from "../types.ts";
import { type ClusterLook, type ClusterLookOptions, Looker } from "./look.ts";

/** Changes that come together are told together, and a rollout changes many objects again and again. */
const SETTLE_MS = 400;
/** States that depend on time, such as how long an object waits, are judged anew this often. */
const AGAIN_MS = 10_000;

/** Options of {@linkcode followLook}. */
export type FollowLookOptions = Omit<ClusterLookOptions, "owned">;

/**
 * Yields how objects and what they own are doing, then again after every change, until the signal fires. Each list is read once
 * and then watched. Looks may be equal.
 *
 * @throws SkegError when no answer comes to the first reads.
 */
export async function* followLook(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: FollowLookOptions,
): AsyncGenerator<ClusterLook> {
  const { signal } = options;
  let wake = Promise.withResolvers<void>();
  const looker = new Looker(transport, infos, { ...options, owned: true }, () => wake.resolve());
  const stop = (): void => wake.resolve();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    await looker.read();
    looker.follow();
    while (signal?.aborted !== true) {
      // A change during the look gives the next one.
      wake = Promise.withResolvers<void>();
      yield await looker.look();
      const again = setTimeout(stop, AGAIN_MS);
      await wake.promise;
      clearTimeout(again);
      await sleep(SETTLE_MS, signal);
      await looker.checkServed();
    }
  } catch (error) {
    if (signal?.aborted !== true) throw error;
  } finally {
    signal?.removeEventListener("abort", stop);
    await looker.end();
  }
}
