/**
 * Watches one object by name: its current state, then every change.
 *
 * Source: Helm 2.17.0 uses `ListWatchUntil` of Kubernetes' client library;
 * `release-pipeline.md` 3.6.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";
import { KubeError } from "../../errors.ts";
import { unsoundPart } from "../base/mod.ts";
import { NetworkFault } from "../net/mod.ts";
import { abortError, sleep, throwIfAborted } from "./abort.ts";
import { isTransient, send, statusError } from "./call.ts";
import { asList, asObject, asText, parseJson } from "./json.ts";
import { listObjects } from "./object_calls.ts";
import { collectionPath, query } from "./paths.ts";
import { timedOut } from "./poll.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** Pause before reopening a watch. */
const REWATCH_MS = 1000;

/** The longest timer; a longer limit counts as none. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/** A change of the object. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED";
  readonly object: KubeObject;
}

/** Options of {@linkcode watchUntil}. */
export interface WatchUntilOptions extends KubeCallOptions {
  /** 0 or less means no limit, as in Helm 2. */
  readonly timeoutSeconds: number;
}

/**
 * Resolves when `done` returns true for an event of the object.
 *
 * Watches that end or break are resumed at their last position; when the server no longer has it, the object
 * is read again.
 *
 * @throws SkegError of kind `timeout`, or any error of `done`.
 */
export async function watchUntil(
  transport: Transport,
  info: ResourceInfo,
  done: (event: WatchEvent) => boolean,
  options: WatchUntilOptions,
): Promise<void> {
  throwIfAborted(options.signal);
  const ms = options.timeoutSeconds * 1000;
  const limit = ms > 0 && ms <= TIMER_MAX_MS ? AbortSignal.timeout(ms) : undefined;
  const signals = [options.signal, limit].filter((signal) => signal !== undefined);
  const ended = new AbortController();
  const signal = AbortSignal.any([...signals, ended.signal]);
  try {
    await follow(transport, info, done, signal);
  } catch (error) {
    if (options.signal?.aborted) throw abortError(options.signal);
    if (limit?.aborted) throw timedOut(error);
    throw error;
  } finally {
    // Closes a watch that is still open.
    ended.abort();
  }
}

/** Position of a watch: the version to resume from, or `undefined` to read the object again. */
type Position = string | undefined;

async function follow(
  transport: Transport,
  info: ResourceInfo,
  done: (event: WatchEvent) => boolean,
  signal: AbortSignal,
): Promise<void> {
  const fieldSelector = `metadata.name=${info.name}`;
  let position: Position;
  for (;;) {
    try {
      if (position === undefined) {
        const list = await listObjects(transport, info.resource, info.namespace, { fieldSelector }, { signal });
        for (const object of asList(list.items) as KubeObject[]) if (done({ type: "ADDED", object })) return;
        position = asText(list.metadata?.resourceVersion);
      }
      const path = collectionPath(info.resource, info.namespace) +
        query({ fieldSelector, resourceVersion: position, watch: "true" });
      const response = await send(transport, { method: "GET", path, signal });
      for await (const event of events(response)) {
        if (event.type === "ERROR") throw statusError(event.object, 500);
        position = asText(event.object.metadata?.resourceVersion) || position;
        if (isChange(event) && done(event)) return;
      }
    } catch (error) {
      if (signal.aborted) throw error;
      const kind = outcome(error);
      if (kind === "fatal") throw error;
      if (kind === "stale") position = undefined;
    }
    await sleep(REWATCH_MS, signal);
  }
}

/** Classifies a failure of a watch: read the object again, resume, or give up. */
export function outcome(error: unknown): "stale" | "retry" | "fatal" {
  const status = asObject(error).status;
  if (status === 410) return "stale";
  // A stream that breaks off ends in a fault of the network, in a transport of another kind in a TypeError, or in half a line.
  const isBroken = error instanceof NetworkFault || error instanceof TypeError || error instanceof SyntaxError;
  return isTransient(error) || isBroken ? "retry" : "fatal";
}

/** One line of a watch's answer; besides changes these are bookmarks and errors. */
export interface RawEvent {
  readonly type: string;
  readonly object: KubeObject;
}

/** True for a change of an object. */
export function isChange(event: RawEvent): event is WatchEvent {
  return event.type === "ADDED" || event.type === "MODIFIED" || event.type === "DELETED";
}

/** Yields the events of a watch's answer: one JSON value per line. */
export async function* events(response: Response): AsyncGenerator<RawEvent> {
  if (response.body === null) return;
  let rest = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line.trim() !== "") yield parseEvent(line);
  }
  if (rest.trim() !== "") yield parseEvent(rest);
}

function parseEvent(line: string): RawEvent {
  const event = asObject(parseJson(line));
  const problem = unsoundPart(event.object);
  // As a stream that breaks off: the watch begins again.
  if (problem !== undefined) throw new KubeError(`the server sent a malformed event of a watch: ${problem}`, 0, "");
  return { type: asText(event.type), object: asObject(event.object) as KubeObject };
}
