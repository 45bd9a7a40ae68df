/**
 * The health of releases: asked for the rows on screen only, remembered for 30 seconds.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { ApiError, apiPath, askLines } from "./api.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { HealthLine } from "../../app/ui/types.ts"
 */

/** How long an answer is used. */
const KEPT_MS = 30_000;
/** Rows must stay on screen for this long before they are asked for. */
const SETTLED_MS = 120;
const PATH = apiPath(["releases", "health"]);

/** @typedef {readonly [ctx: string, name: string]} ReleaseId */

/** @type {Map<string, { health: Signal<HealthLine | undefined>, at: number }>} */
const known = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {AbortController | undefined} */
let asking;

/** @param {ReleaseId} id */
function entryOf([ctx, name]) {
  const key = `${ctx}\n${name}`;
  let entry = known.get(key);
  if (entry === undefined) known.set(key, entry = { health: signal(undefined), at: 0 });
  return entry;
}

/**
 * The health of a release; `undefined` until it is known. A page must ask with {@link wantHealth}.
 *
 * @param {string} ctx
 * @param {string} name
 * @returns {Signal<HealthLine | undefined>}
 */
export function healthOf(ctx, name) {
  return entryOf([ctx, name]).health;
}

/**
 * Asks for the health of the releases that are on screen now. Those asked for before are not asked any more.
 *
 * @param {readonly ReleaseId[]} ids The most urgent first.
 * @param {{ fresh?: boolean }} [how] `fresh`: what is known is asked again.
 */
export function wantHealth(ids, { fresh = false } = {}) {
  clearTimeout(timer);
  timer = setTimeout(() => void askFor(ids, fresh), SETTLED_MS);
}

/**
 * Lets the next look ask again: the release was changed. What is known stays on screen until then.
 *
 * @param {string} ctx
 * @param {string} name
 */
export function outdateHealth(ctx, name) {
  entryOf([ctx, name]).at = 0;
}

/**
 * @param {readonly ReleaseId[]} ids
 * @param {boolean} fresh
 */
async function askFor(ids, fresh) {
  asking?.abort();
  const now = Date.now();
  const wanted = ids.filter((id) => fresh || now - entryOf(id).at > KEPT_MS).slice(0, 200);
  if (wanted.length === 0) return;
  const { signal } = asking = new AbortController();
  const body = { ids: wanted, ...fresh ? { fresh } : {} };
  try {
    const lines = /** @type {AsyncIterable<HealthLine>} */ (askLines(PATH, { method: "POST", body, signal }));
    for await (const line of lines) {
      if (!("ctx" in line)) continue;
      const entry = entryOf([line.ctx, line.name]);
      entry.at = Date.now();
      entry.health.value = line;
    }
  } catch (error) {
    if (signal.aborted || !(error instanceof ApiError)) return;
    // The next look at these rows asks again; what is known stays.
  }
}
