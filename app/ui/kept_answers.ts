/**
 * Answers about rendered charts, kept for a moment: a person asks about one line after the other.
 *
 * @module
 */
import type { WhyAnswers } from "../why.ts";
import type { UiCluster } from "./clusters.ts";

/** Kept for so long. */
const KEPT_MS = 60_000;
/** More revisions are not kept. */
const KEPT_MAX = 4;

/** Answers that are kept, or on their way. */
interface Kept {
  readonly untilMs: number;
  readonly answers: Promise<WhyAnswers>;
}

const kept = new WeakMap<UiCluster, Map<string, Kept>>();

/** Returns answers about a revision, from a moment ago if they are kept. */
export async function answersAbout(
  cluster: UiCluster,
  { name, revision }: { readonly name: string; readonly revision: number },
  { now, signal }: { readonly now: () => number; readonly signal: AbortSignal },
): Promise<WhyAnswers> {
  const known = kept.get(cluster) ?? new Map<string, Kept>();
  kept.set(cluster, known);
  const key = `${name}.v${revision}`;
  const found = known.get(key);
  if (found !== undefined && found.untilMs > now()) {
    const shared = await found.answers.catch(() => undefined);
    // The request that asked first may have been cancelled: then this one asks for itself.
    if (shared !== undefined) return shared;
  }
  const answers = cluster.skeg.whyRelease(name, { revision, signal });
  known.delete(key);
  known.set(key, { answers, untilMs: now() + KEPT_MS });
  const [oldest] = known.keys();
  if (known.size > KEPT_MAX && oldest !== undefined) known.delete(oldest);
  try {
    return await answers;
  } catch (error) {
    // The next request asks again: the failure may be that of this one, such as a tab that was closed.
    if (known.get(key)?.answers === answers) known.delete(key);
    throw error;
  }
}
