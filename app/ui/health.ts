/**
 * How releases are, asked a few at a time and remembered for a moment.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { inPool, type JsonObject, Turns } from "../../engine/base/mod.ts";
import type { ReleaseResource, ReleaseResources } from "../../engine/release/mod.ts";
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { errorData } from "./error_data.ts";
import { maskOf } from "./masks.ts";
import { Queue } from "./queue.ts";
import type { Health, HealthLine, UiState } from "./types.ts";

/** Releases that are asked at the same time. */
const AT_ONCE = 4;
/** An answer is shown for so long. */
const KEPT_MS = 30_000;
/** The most releases of one request. */
const IDS_MAX = 200;

/** States, the worst first. */
const WORST: readonly UiState[] = ["failed", "missing", "deleting", "progress", "unknown", "ready"];

/** Kinds that wait because their pods do: the page names the workloads before them. */
const FOLLOWERS: ReadonlySet<string> = new Set(["Service", "Ingress", "APIService", "PodDisruptionBudget"]);

/** A context and a release. */
type Id = readonly [ctx: string, name: string];

/** Reads the pairs of a request. */
export function idsIn({ ids }: JsonObject): Id[] {
  const isPair = (each: unknown): each is Id =>
    Array.isArray(each) && each.length === 2 && each.every((text) => typeof text === "string");
  if (Array.isArray(ids) && ids.length <= IDS_MAX && ids.every(isPair)) return ids;
  throw new SkegError("usage", `the field ids must be a list of at most ${IDS_MAX} pairs of context and release`);
}

/** Yields the health of releases, each as soon as it is known. */
export async function* healthLines(call: UiCall, ids: readonly Id[], isFresh: boolean): AsyncGenerator<HealthLine> {
  const ready = new Queue<HealthLine>();
  const turns = new Turns();
  inPool(ids, AT_ONCE, async ([ctx, name]) => {
    if (!call.signal.aborted) ready.push({ ctx, name, ...await healthOf(call, ctx, name, isFresh) });
    await turns.give();
  }).then(() => ready.end(), (error) => ready.end({ error }));
  yield* ready.read();
}

async function healthOf(call: UiCall, ctx: string, name: string, isFresh: boolean): Promise<Health> {
  const { ui, signal } = call;
  try {
    const cluster = ui.clusters.get(ctx);
    const kept = cluster.health.get(name);
    if (!isFresh && kept !== undefined && kept.untilMs > ui.now()) return kept.health;
    const found = await newestResources(cluster, name, signal);
    const { text } = await maskOf(ui, [found.release]);
    return keepHealth(call, cluster, found, { mask: text, isNewest: true });
  } catch (error) {
    if (!(error instanceof SkegError) || signal.aborted) throw error;
    return { ...NOT_KNOWN, at: ui.now() / 1000, error: errorData(error) };
  }
}

/** Reads the objects of the newest revision. The server need not look for it when its records are followed. */
async function newestResources(
  { skeg, fleet }: UiCluster,
  name: string,
  signal: AbortSignal,
): Promise<ReleaseResources> {
  const revision = fleet.newestRevision(name);
  try {
    return await skeg.resources(name, { revision, signal });
  } catch (error) {
    // The record may have gone since, or cannot be read: then an older one counts.
    if (revision === undefined || signal.aborted || !(error instanceof SkegError)) throw error;
    return await skeg.resources(name, { signal });
  }
}

const NOT_KNOWN: Omit<Health, "at"> = { state: "unknown", ready: 0, total: 0, words: "-", waiting: [], error: null };

/** Returns the health of a revision from its resources, secrets masked, and remembers it if it is the newest of its release. */
export function keepHealth(
  { ui }: UiCall,
  cluster: UiCluster,
  { release, objects }: ReleaseResources,
  { mask, isNewest }: { readonly mask: (text: string) => string; readonly isNewest: boolean },
): Health {
  const at = ui.now() / 1000;
  const health = release.info.status.code === "DELETED"
    ? { ...NOT_KNOWN, at }
    : { ...healthSummary(objects, mask), at, error: null };
  if (isNewest) cluster.health.set(release.name, { health, untilMs: ui.now() + KEPT_MS });
  return health;
}

/**
 * Returns the health of a release from its objects. Those that wait come worst first, and workloads before what only follows
 * their pods.
 */
export function healthSummary(
  all: readonly ReleaseResource[],
  mask: (text: string) => string,
): Omit<Health, "at" | "error"> {
  // Nothing can be wrong with an object that the server has no kind for.
  const objects = all.filter(({ isServed }) => isServed);
  const rank = ({ state }: { readonly state: UiState }): number => WORST.indexOf(state);
  const late = objects.filter(({ state }) => state !== "ready")
    .toSorted((a, b) => rank(a) - rank(b) || Number(FOLLOWERS.has(a.kind)) - Number(FOLLOWERS.has(b.kind)));
  const total = objects.length;
  return {
    state: late[0]?.state ?? "ready",
    ready: total - late.length,
    total,
    words: wordsOf(late.map(({ state }) => state), total),
    waiting: late.map(({ kind, name, namespace, state, reason }) => ({
      object: `${kind}/${name}`,
      namespace,
      state,
      reason: mask(reason),
    })),
  };
}

/** Returns `ok`, `1 of 6 waits`, `2 of 6 failed` and the like. */
function wordsOf(late: readonly UiState[], total: number): string {
  const [worst] = late;
  if (worst === undefined) return "ok";
  const count = worst === "failed" || worst === "missing" || worst === "unknown"
    ? late.filter((state) => state === worst).length
    : late.length;
  const word =
    { failed: "failed", missing: "missing", unknown: "unknown", deleting: "", progress: "", ready: "" }[worst];
  return `${count} of ${total} ${word || (count === 1 ? "waits" : "wait")}`;
}
