/**
 * The last lines of containers that failed.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { SkegError } from "../../../errors.ts";
import { send } from "../call.ts";
import { PODS } from "../object_calls.ts";
import { objectPath, query } from "../paths.ts";
import { longestFirst, valuesOf, withoutSecrets } from "../secret_values.ts";
import type { ResourceInfo, Transport } from "../types.ts";
import { troubledContainer } from "./pods.ts";

/** More of a log is not read, however long its lines are. */
const BYTES_MAX = 64 * 1024;

/** Which lines are read. */
export interface LogQuery {
  readonly transport: Transport;
  /** Number of lines. */
  readonly count: number;
  /** Values that are masked. */
  readonly secrets: readonly string[];
  /** Only lines that match are shown. */
  readonly pattern?: RegExp | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Returns the last lines of the container that failed in a pod; none when there are none, or they may not be read. */
export async function lastLines(pod: KubeObject, logs: LogQuery): Promise<string[]> {
  const container = troubledContainer(pod);
  if (logs.count <= 0 || container?.ended === undefined) return [];
  const { namespace = "", name = "" } = pod.metadata ?? {};
  const path = `${objectPath(PODS, namespace, name)}/log${
    query({
      container: container.name,
      previous: container.isPrevious ? "true" : undefined,
      tailLines: String(logs.pattern === undefined ? logs.count : logs.count * 20),
      limitBytes: String(BYTES_MAX),
    })
  }`;
  try {
    const text = await (await send(logs.transport, { method: "GET", path, accept: "*/*", signal: logs.signal })).text();
    const lines = text.split("\n").map((line) => line.trimEnd()).filter((line) => line !== "");
    const shown = logs.pattern === undefined ? lines : lines.filter((line) => logs.pattern?.test(line));
    return shown.slice(-logs.count).map((line) => withoutSecrets(line, logs.secrets));
  } catch (error) {
    if (logs.signal?.aborted || !(error instanceof SkegError)) throw error;
    return []; // no right to read logs, or they are gone
  }
}

/** Returns the values of the Secrets among some objects, the longest first. */
export function secretsOf(infos: readonly ResourceInfo[]): string[] {
  const secrets = infos.filter(({ resource: { kind, group } }) => kind === "Secret" && group === "");
  return longestFirst(secrets.flatMap(({ object }) => valuesOf(object)));
}
