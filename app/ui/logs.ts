/**
 * Lines of logs as the page shows them.
 *
 * @module
 */
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { isOn, wholeNumber } from "./fields.ts";
import type { LogLine } from "./types.ts";

/** The most lines of the past. */
const LINES_MAX = 10_000;

/** Which log, and how its secrets are masked. */
export interface LogChoice {
  readonly namespace: string;
  readonly pod: string;
  readonly mask: (text: string) => string;
}

/** Yields the lines of a pod's log. The query says which container, how far back, and if new lines are followed. */
export async function* logLines(
  { query, signal }: UiCall,
  { skeg }: UiCluster,
  choice: LogChoice,
): AsyncGenerator<LogLine> {
  const { namespace, pod, mask } = choice;
  const tail = wholeNumber(query.get("tail"), "tail") ?? LINES_MAX;
  const lines = skeg.log(namespace, pod, {
    container: query.get("container") ?? undefined,
    follow: isOn(query, "follow"),
    previous: isOn(query, "previous"),
    sinceSeconds: wholeNumber(query.get("since"), "since", 1),
    tailLines: Math.min(tail, LINES_MAX),
    signal,
  });
  for await (const { time, text } of lines) yield { time, text: mask(text) };
}
