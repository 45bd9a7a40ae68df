/**
 * Changes that the program pushes: rows of releases, one at a time.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { apiPath, askLines } from "./api.js";
import { outdateHealth } from "./health.js";

/** @import { StreamLine } from "../../app/ui/types.ts" */

const STREAM = apiPath(["events"], { topics: "releases,activity" });
/** Waits between attempts, in milliseconds; the last one is repeated. */
const WAITS_MS = [500, 1000, 2000, 5000];

/** `lost`: the program does not answer. @type {import("@preact/signals").Signal<"opening" | "open" | "lost">} */
export const connection = signal("opening");

/** @type {Set<(line: StreamLine) => void>} */
const listeners = new Set();

/**
 * Calls `act` for every line of the stream while the component is there.
 *
 * @param {(line: StreamLine) => void} act
 * @param {readonly unknown[]} inputs A change of these takes the new `act`.
 */
export function useEvents(act, inputs) {
  useEffect(() => {
    listeners.add(act);
    return () => {
      listeners.delete(act);
    };
  }, inputs);
}

/** Opens the stream, and again when it breaks off. Returns its end. */
export function startEvents() {
  const end = new AbortController();
  void run(end.signal);
  return () => end.abort();
}

/** @param {AbortSignal} signal */
async function run(signal) {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      for await (const line of /** @type {AsyncIterable<StreamLine>} */ (askLines(STREAM, { signal }))) {
        if (attempt > 0 && connection.peek() === "lost") tellAll({ topic: "reload", ctx: "" });
        connection.value = "open";
        attempt = 0;
        tellAll(line);
      }
    } catch {
      // Said below: the line in the bar, and `lost` for the pages.
    }
    if (signal.aborted) return;
    if (attempt > 0) connection.value = "lost";
    await new Promise((done) => setTimeout(done, WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]));
  }
}

/** @param {StreamLine} line */
function tellAll(line) {
  if (line.topic === "release") outdateHealth(line.ctx, line.name);
  for (const act of listeners) act(line);
}
