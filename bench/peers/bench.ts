/**
 * The context of every family of scenarios, and the function that compares
 * programs: in turns, after a warm-up.
 *
 * @module
 */
import type { Programs } from "./programs.ts";
import { NAMES, type Results, type Who } from "./results.ts";
import { measure, median, type Sample } from "./sample.ts";

/** The whole measurement. */
export interface Bench {
  readonly programs: Programs;
  readonly results: Results;
  /** Working folder for inputs, homes and clusters. */
  readonly work: string;
  /** Folder of public charts: `REPOSITORY/CHART`. */
  readonly charts: string;
  /** Folder with `cluster`, which starts a control plane. */
  readonly lab: string;
  /** Runs after the warm-up. */
  readonly runs: number;
  /** Returns true if the work with this id is measured. */
  readonly wanted: (id: string) => boolean;
  /** True for fewer and smaller scenarios. */
  readonly quick: boolean;
  readonly say: (text: string) => void;
}

/** One program and its way to do one work. */
export interface Candidate {
  readonly who: Who;
  /** Program and arguments, or a function that measures itself. */
  readonly run: readonly string[] | ((round: number) => Promise<Sample>);
  /** For the report, when `run` is a function. */
  readonly command?: string | undefined;
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Runs in each round; default 1. More for a program that is much faster than the others. */
  readonly perRound?: number | undefined;
  /** Preparation outside of the measured time. */
  readonly before?: (() => Promise<void>) | undefined;
}

/** One work. */
export interface Scenario {
  readonly family: string;
  readonly id: string;
  /** Markdown. */
  readonly title: string;
  readonly note?: string | undefined;
  readonly candidates: readonly Candidate[];
  /** Number of runs when it is lower than usual. */
  readonly runs?: number | undefined;
  /** No new round begins after this many seconds; there is always one round. Default 60. */
  readonly secondsMax?: number | undefined;
}

/** Measures one work: a warm-up of each candidate, then rounds in which each runs once. */
export async function compare(bench: Bench, scenario: Scenario): Promise<void> {
  const { family, id, title, note } = scenario;
  const candidates = chosen(bench.programs, scenario.candidates);
  if (!bench.wanted(id)) return;
  const earlier = candidates.find(({ who }) => who === "before");
  if (earlier !== undefined && !await canRun(bench, earlier)) {
    bench.say(`${id}: left out, the earlier build cannot do it`);
    return;
  }
  const entry = bench.results.begin(family, id, title, note);
  const runs = Math.min(bench.quick ? 3 : bench.runs, scenario.runs ?? Infinity);
  const secondsMax = scenario.secondsMax ?? (bench.quick ? 6 : 60);
  const started = performance.now();
  // A work with a single run takes so long that a warm-up would not change it.
  for (let round = runs === 1 ? 0 : -1; round < runs; round++) {
    if (round >= 1 && (performance.now() - started) / 1000 > secondsMax) break;
    for (const candidate of candidates.flatMap((each) => Array<Candidate>(each.perRound ?? 1).fill(each))) {
      const sample = await runOnce(bench, candidate, round);
      if (round === -1) continue;
      (entry.samples[candidate.who] ??= []).push(sample);
      entry.commands[candidate.who] ??= candidate.command ??
        (typeof candidate.run === "function" ? "" : bench.programs.shown(candidate.run));
    }
  }
  bench.results.save();
  const medians = candidates.map(({ who }) =>
    `${NAMES[who]} ${median((entry.samples[who] ?? []).map(({ wall }) => wall)).toFixed(3)} s`
  );
  bench.say(`${id}: ${medians.join(", ")} (${entry.samples.skeg?.length ?? entry.samples.library?.length ?? 0} runs)`);
}

/**
 * Returns the candidates that run: all of them, or skeg and its earlier build when that is what skeg is
 * compared with.
 */
export function chosen({ skeg, before }: Programs, candidates: readonly Candidate[]): readonly Candidate[] {
  if (before === undefined) return candidates;
  return candidates.flatMap((candidate): Candidate[] => {
    if (candidate.who === "library" || candidate.who === "before") return [candidate];
    if (candidate.who !== "skeg" || typeof candidate.run === "function") return [];
    const args = candidate.run.slice(skeg.length);
    return [candidate, { ...candidate, who: "before", run: [...before.skeg, ...args] }];
  });
}

/** True if the candidate succeeds: an earlier build may not have the command. */
async function canRun(bench: Bench, candidate: Candidate): Promise<boolean> {
  try {
    await runOnce(bench, candidate, -1);
    return true;
  } catch {
    return false;
  }
}

/** One run of one candidate. */
export async function runOnce(bench: Bench, candidate: Candidate, round: number): Promise<Sample> {
  await candidate.before?.();
  if (typeof candidate.run === "function") return await candidate.run(round);
  return await measure({
    command: candidate.run,
    env: { ...bench.programs.env, ...candidate.env },
    cwd: bench.programs.home,
  });
}
