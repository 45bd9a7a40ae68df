/**
 * The findings of doctor about all releases of a cluster: one examination for all tabs, remembered for some minutes.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { inPool } from "../../engine/base/mod.ts";
import type { Finding, FindingSeverity } from "../../engine/release/mod.ts";
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { errorData } from "./error_data.ts";
import { Queue } from "./queue.ts";
import type { KeptExamination } from "./kept_examination.ts";
import type { FindingsLine } from "./types.ts";
import { untilAborted } from "./until_aborted.ts";

/** An examination is shown for so long. */
const KEPT_MS = 5 * 60_000;
/** Clusters that are examined at the same time. */
const AT_ONCE = 2;
/** The worst first. */
const SEVERITIES: readonly FindingSeverity[] = ["broken", "warning", "note"];

/** Yields the findings of clusters, each as soon as it is examined. */
export async function* findingsLines(
  call: UiCall,
  clusters: readonly UiCluster[],
  isFresh: boolean,
): AsyncGenerator<FindingsLine> {
  const ready = new Queue<FindingsLine>();
  inPool(clusters, AT_ONCE, async (cluster) => ready.push(await findingsOf(call, cluster, isFresh)))
    .then(() => ready.end(), (error) => ready.end({ error }));
  yield* ready.read();
}

async function findingsOf({ ui, signal }: UiCall, cluster: UiCluster, isFresh: boolean): Promise<FindingsLine> {
  const { examinations } = cluster;
  const known = examinations.get("all");
  const found = !isFresh && known !== undefined && known.untilMs > ui.now() ? known : begin(cluster, ui.now);
  examinations.set("all", found);
  found.waiting++;
  try {
    return await untilAborted(found.line, signal);
  } catch (error) {
    if (found.waiting === 1) {
      found.control.abort();
      examinations.delete("all");
    }
    throw error;
  } finally {
    found.waiting--;
  }
}

function begin(cluster: UiCluster, now: () => number): KeptExamination {
  const control = new AbortController();
  const line = examine(cluster, now, control.signal);
  // A failure is told to those who wait.
  line.catch(() => {});
  return { line, control, untilMs: now() + KEPT_MS, waiting: 0 };
}

async function examine({ name, skeg }: UiCluster, now: () => number, signal: AbortSignal): Promise<FindingsLine> {
  try {
    const { findings } = await skeg.doctor({ signal });
    return { ctx: name, at: now() / 1000, rows: rowsOf(findings), error: null };
  } catch (error) {
    if (!(error instanceof SkegError) || signal.aborted) throw error;
    return { ctx: name, at: now() / 1000, rows: [], error: errorData(error) };
  }
}

/** Returns the worst findings of each release. They come with the worst of each first. */
function rowsOf(findings: readonly Finding[]): FindingsLine["rows"] {
  const byRelease = Map.groupBy(findings.filter(({ release }) => release !== ""), ({ release }) => release);
  return [...byRelease].flatMap(([release, own]) => {
    const worst = SEVERITIES.map((wanted) => own.filter(({ severity }) => severity === wanted))
      .find(({ length }) => length > 0) ?? [];
    return worst.slice(0, 1).map(({ severity, title }) => [release, severity, worst.length, title] as const);
  });
}
