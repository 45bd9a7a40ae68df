/**
 * Reads for a person: the state of objects, and logs. What judges states is loaded when it is called.
 *
 * @module
 */
import { longLines } from "./log_lines.ts";
import { send } from "./call.ts";
import { PODS } from "./object_calls.ts";
import { objectPath, query } from "./paths.ts";
import type { ResourceInfo, Transport } from "./types.ts";
import type { ClusterLook, ClusterLookOptions } from "./wait/look.ts";
import type { FollowLookOptions } from "./wait/follow_look.ts";

export type { FollowLookOptions } from "./wait/follow_look.ts";
export type { ClusterLook, ClusterLookOptions, OwnedObject, SeenObject, SeenState } from "./wait/look.ts";

/** Returns the state of objects now; `wait/look.ts` has the rest. */
export async function lookAt(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options?: ClusterLookOptions,
): Promise<ClusterLook> {
  return await (await import("./wait/look.ts")).lookAt(transport, infos, options);
}

/** Yields the state of objects now, and again after every change; `wait/follow_look.ts` has the rest. */
export async function* followLook(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: FollowLookOptions,
): AsyncGenerator<ClusterLook> {
  yield* (await import("./wait/follow_look.ts")).followLook(transport, infos, options);
}

/** Options of {@linkcode podLogLines}. */
export interface PodLogOptions {
  /** Ends the stream. */
  readonly signal?: AbortSignal | undefined;
  /** Default: the only container; the server refuses a pod with several. */
  readonly container?: string | undefined;
  /** If true, goes on with new lines until the container ends. */
  readonly follow?: boolean | undefined;
  /** If true, the log of the container's run before. */
  readonly previous?: boolean | undefined;
  /** Only lines of the last seconds. */
  readonly sinceSeconds?: number | undefined;
  /** Only the last lines; default all. */
  readonly tailLines?: number | undefined;
}

/** One line of a log. */
export interface PodLogLine {
  /** When it was written, in RFC 3339; empty when the server does not say. */
  readonly time: string;
  /** The line, without its line break. */
  readonly text: string;
}

/** A log that is not followed is cut after this size. */
const BYTES_MAX = 16 * 1024 * 1024;

/**
 * Yields the lines of a container's log.
 *
 * @throws KubeError when the server refuses.
 */
export async function* podLogLines(
  transport: Transport,
  namespace: string,
  pod: string,
  options: PodLogOptions = {},
): AsyncGenerator<PodLogLine> {
  const { container, follow = false, previous = false, sinceSeconds, tailLines, signal } = options;
  const path = `${objectPath(PODS, namespace, pod)}/log` + query({
    container,
    follow: follow ? "true" : undefined,
    previous: previous ? "true" : undefined,
    sinceSeconds: sinceSeconds === undefined ? undefined : String(sinceSeconds),
    tailLines: tailLines === undefined ? undefined : String(tailLines),
    limitBytes: follow ? undefined : String(BYTES_MAX),
    timestamps: "true",
  });
  const answer = await send(transport, { method: "GET", path, accept: "*/*", signal });
  for await (const line of longLines(answer.body)) {
    const [, time = "", text = line] = /^(\d{4}-\d\d-\d\dT[0-9:.]+(?:Z|[+-]\d\d:\d\d)) ?(.*)$/s.exec(line) ?? [];
    yield { time, text };
  }
}
