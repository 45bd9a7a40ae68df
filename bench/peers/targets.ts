/**
 * Targets, and whether the results meet them.
 *
 * @module
 */
import type { Entry, Results, Who } from "./results.ts";
import { NAMES } from "./results.ts";
import { median, type Sample } from "./sample.ts";

/** One line of the table of targets. */
export interface Verdict {
  readonly work: string;
  readonly target: string;
  /** The figures that decide. */
  readonly measured: string;
  /** `undefined` when a needed measurement is missing. */
  readonly met: boolean | undefined;
}

/** One figure with its upper limit. */
interface Check {
  readonly what: string;
  readonly value: number | undefined;
  readonly max: number;
  readonly unit?: string;
  /** Text shown after the figure. */
  readonly more?: string | undefined;
}

const own = (entry: Entry): Who => entry.samples.library === undefined ? "skeg" : "library";

/** Returns the median of one figure of one program. */
export function medianOf(entry: Entry | undefined, who: Who, of: (sample: Sample) => number): number | undefined {
  const samples = entry?.samples[who];
  return samples === undefined || samples.length === 0 ? undefined : median(samples.map(of));
}

/** Returns skeg's median divided by a peer's. */
export function ratio(
  entry: Entry | undefined,
  peer: Who,
  of: (sample: Sample) => number = ({ wall }) => wall,
): number | undefined {
  if (entry === undefined) return undefined;
  const ours = medianOf(entry, own(entry), of);
  const theirs = medianOf(entry, peer, of);
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

function bytesRatio(entry: Entry | undefined, peer: Who): number | undefined {
  const ours = entry?.wire.skeg?.received, theirs = entry?.wire[peer]?.received;
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

function requestRatio(entry: Entry | undefined, peer: Who): number | undefined {
  const ours = entry?.wire.skeg?.requests, theirs = entry?.wire[peer]?.requests;
  return ours === undefined || theirs === undefined ? undefined : ours / theirs;
}

/** Returns the ratios of wall time, followed by those of CPU time, which are valid on a busy machine too. */
function time(entry: Entry | undefined, label: string, limits: Partial<Record<Who, number>>): Check[] {
  return Object.entries(limits).map(([who, max]) => {
    const cpu = ratio(entry, who as Who, (sample) => sample.cpu);
    const more = cpu === undefined ? undefined : ` (${cpu.toFixed(2)})`;
    return { what: `${label}${NAMES[who as Who]}`, value: ratio(entry, who as Who), max, more };
  });
}

function verdict(work: string, target: string, checks: readonly Check[]): Verdict {
  const shown = checks.map(({ what, value, max, unit = "", more = "" }) => {
    const text = value === undefined ? "–" : `${value.toFixed(value < 10 ? 2 : 0)}${unit}`;
    return `${what} ${value !== undefined && value > max ? `**${text}**` : text}${more}`;
  });
  // Rounded as printed: two digits.
  const failed = checks.some(({ value, max }) => value !== undefined && Math.round(value * 100) / 100 > max);
  const missing = checks.some(({ value }) => value === undefined);
  return { work, target, measured: shown.join(", "), met: failed ? false : missing ? undefined : true };
}

/** Returns the verdicts for all targets. */
export function verdicts(results: Results): Verdict[] {
  const get = (id: string): Entry | undefined => results.get(id);
  const list = get("list-10000");
  const install = get("install-500-20");
  const noop = get("noop-500-0");
  const noopSlow = get("noop-500-20");
  const list120 = medianOf(list, "skeg", ({ memory }) => memory);
  const requests = requestRatio(install, "helm4");
  return [
    verdict(
      "`version --client`",
      "at most 0.7 of Helm 2, 0.5 of Helm 3 and 4; at most 1.5 of an empty Deno script",
      time(get("version"), "", { helm2: 0.7, helm3: 0.5, helm4: 0.5, limit: 1.5 }),
    ),
    verdict("`template`, small charts", "at most 0.9 of Helm 2, 0.6 of Helm 3 and 4", [
      ...time(get("template-created"), "created / ", { helm2: 0.9, helm3: 0.6, helm4: 0.6 }),
      ...time(get("template-redis"), "redis / ", { helm2: 0.9, helm3: 0.6, helm4: 0.6 }),
    ]),
    verdict(
      "`template` `stable/prometheus-operator`",
      "at most 1.0 of Helm 2, 0.35 of Helm 3 and 4",
      time(get("template-prometheus-operator"), "", { helm2: 1, helm3: 0.35, helm4: 0.35 }),
    ),
    verdict("umbrella with `tpl`, 20,000 items, 5 MB values", "at most 0.5 of Helm 2", [
      ...time(get("template-umbrella"), "umbrella / ", { helm2: 0.5 }),
      ...time(get("template-many-items"), "items / ", { helm2: 0.5 }),
      ...time(get("template-large-values"), "values / ", { helm2: 0.5 }),
    ]),
    verdict(
      "all corpus charts, library in one process",
      "at most 0.1 of any peer run chart by chart",
      time(get("corpus"), "", { helm2: 0.1, helm3: 0.1, helm4: 0.1 }),
    ),
    verdict(
      "`unittest` of 1,000 tests",
      "at most 0.33 of helm-unittest",
      time(get("unittest"), "", { unittest: 0.33 }),
    ),
    verdict(
      "`list` with 10,000 revisions",
      "at most 0.05 of Helm 2 + Tiller's time and bytes, 0.2 of Helm 4's time; under 120 MiB",
      [
        ...time(list, "time / ", { helm2: 0.05, helm4: 0.2 }),
        { what: "bytes / Helm 2", value: bytesRatio(list, "helm2"), max: 0.05 },
        { what: "memory", value: list120, max: 120, unit: " MiB" },
      ],
    ),
    verdict("`install` of 500 objects, 20 ms", "at most 0.1 of Helm 2 + Tiller; no more requests than Helm 4", [
      ...time(install, "time / ", { helm2: 0.1 }),
      { what: "requests / Helm 4", value: requests, max: 1 },
    ]),
    verdict("no-op `upgrade` of 500 objects", "at most 0.2 of Helm 2 + Tiller, 0.5 of Helm 4", [
      ...time(noop, "0 ms / ", { helm2: 0.2, helm4: 0.5 }),
      ...time(noopSlow, "20 ms / ", { helm2: 0.2, helm4: 0.5 }),
    ]),
    verdict("`plan upgrade` of 500 objects, no change", "at most 2 of the upgrade itself in time and requests", [
      ...time(get("plan-500"), "time / ", { itself: 2 }),
      { what: "requests / ", value: requestRatio(get("plan-500"), "itself"), max: 2 },
    ]),
    verdict("plans of 26 releases of 20 objects, library in one process", "under 10 s", [
      { what: "time", value: medianOf(get("plan-fleet"), "library", ({ wall }) => wall), max: 10, unit: " s" },
    ]),
    verdict(
      "search in a 6 MB index, second time",
      "at most 0.2 of Helm 2",
      time(get("search-second"), "", { helm2: 0.2 }),
    ),
    memoryVerdict(results),
  ];
}

/** Compares the peak memory for every work that Helm 4 does too. */
function memoryVerdict(results: Results): Verdict {
  const compared = results.all().flatMap((entry) => {
    if (entry.family === "corpus") return []; // one process there, one for each chart here
    const value = ratio(entry, "helm4", ({ memory }) => memory);
    return value === undefined ? [] : [{ id: entry.id, value }];
  });
  const above = compared.filter(({ value }) => value > 1).toSorted((a, b) => b.value - a.value);
  const worst = above.slice(0, 4).map(({ id, value }) => `${id} ${value.toFixed(2)}`).join(", ");
  return {
    work: "peak memory",
    target: "never above Helm 4's on the same work",
    measured: `above in ${above.length} of ${compared.length}${above.length === 0 ? "" : `: **${worst}**`}`,
    met: compared.length === 0 ? undefined : above.length === 0,
  };
}
