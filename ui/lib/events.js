/**
 * Changes that the program pushes: rows of releases, one at a time, and the objects of a release.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { apiPath, askLines } from "./api.js";
import { outdateHealth } from "./health.js";

/** @import { ResourcesAnswer, StreamLine } from "../../app/ui/types.ts" */

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
  return run(STREAM, (line) => {
    if (connection.peek() === "lost") tellAll({ topic: "reload", ctx: "" });
    connection.value = "open";
    tellAll(line);
  }, () => connection.value = "lost");
}

/**
 * Gives the objects of a release to `take`, at once and after every change, while the component is there.
 *
 * @param {Readonly<Record<string, string | number | undefined>> | undefined} query Context, release and revision; `undefined`: not yet.
 * @param {(resources: ResourcesAnswer | undefined) => void} take `undefined`: nothing has changed.
 */
export function useObjects(query, take) {
  const path = query && apiPath(["events"], { topics: "objects", ...query });
  useEffect(() => {
    if (path === undefined) return undefined;
    /** @type {() => void} A stream that fails at once fails again. */
    const end = run(path, (line) => take(line.topic === "objects" ? line.resources : undefined), () => end());
    return end;
  }, [path]);
}

/**
 * Reads a stream, and again when it breaks off. Returns its end.
 *
 * @param {string} path
 * @param {(line: StreamLine) => void} act
 * @param {() => void} lost Called after each attempt that failed at once.
 */
function run(path, act, lost) {
  const end = new AbortController();
  void read(path, act, lost, end.signal);
  return () => end.abort();
}

/**
 * @param {string} path
 * @param {(line: StreamLine) => void} act
 * @param {() => void} lost
 * @param {AbortSignal} signal
 */
async function read(path, act, lost, signal) {
  for (let attempt = 0; !signal.aborted; attempt++) {
    try {
      for await (const line of /** @type {AsyncIterable<StreamLine>} */ (askLines(path, { signal }))) {
        // The last line of a stream that failed has no topic.
        if (!line.topic) break;
        // Every stream begins with `hello`, also one that fails then.
        if (line.topic !== "hello") attempt = 0;
        act(line);
      }
    } catch {
      // Said below: by `lost`.
    }
    if (signal.aborted) return;
    if (attempt > 0) lost();
    await new Promise((done) => setTimeout(done, WAITS_MS[Math.min(attempt, WAITS_MS.length - 1)]));
  }
}

/** @param {StreamLine} line */
function tellAll(line) {
  if (line.topic === "release") outdateHealth(line.ctx, line.name);
  for (const act of listeners) act(line);
}
