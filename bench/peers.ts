/**
 * Measures whole processes of skeg, as users get it, beside the real Helm 2.17.0
 * with its Tiller, Helm 3 and Helm 4: in turns, on one machine, after a warm-up.
 *
 *   deno task bench:peers [--quick] [--only FAMILY,…] [--runs 9]
 *
 * Writes `bench/RESULTS.md`. The measurements are kept in `dist/peers.json`.
 * `--only` measures some families again, `--scenario REGEXP` works with a matching
 * id; the page shows the others unchanged. Families: startup, template, charts, corpus, tests, index, stored, objects,
 * plans, doctor.
 *
 * `--lab DIR` is a folder with `assets`, which builds the peers and prints their
 * folder, and `cluster`, which starts a control plane; `--programs DIR` is a
 * folder with peers that are already built; `--charts PATH` is a folder or an
 * archive of public charts; `--work DIR` keeps inputs and clusters between runs.
 *
 * `--before DIR` compares with an earlier checkout of the project that is built, in place of the peers, and prints
 * one table; `RESULTS.md` is left as it is.
 *
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import type { Bench } from "./peers/bench.ts";
import { chartTests } from "./peers/chart_tests.ts";
import { corpus } from "./peers/corpus.ts";
import { doctor } from "./peers/doctor.ts";
import { lintAndPackage } from "./peers/lint_package.ts";
import { findPrograms } from "./peers/programs.ts";
import { objects } from "./peers/objects.ts";
import { plans } from "./peers/plans.ts";
import { beforeTable, report, targetTable } from "./peers/report.ts";
import { speedBars } from "./peers/bars.ts";
import { Results } from "./peers/results.ts";
import { verdicts } from "./peers/targets.ts";
import { repositories } from "./peers/repositories.ts";
import { startup } from "./peers/startup.ts";
import { stored } from "./peers/stored.ts";
import { template } from "./peers/template.ts";

/** Families that can be measured alone. */
const FAMILIES: Readonly<Record<string, (bench: Bench) => Promise<void>>> = {
  startup,
  template,
  charts: lintAndPackage,
  corpus,
  tests: chartTests,
  index: repositories,
  stored,
  objects,
  plans,
  doctor,
};

const root = resolve(import.meta.dirname ?? ".", "..");
const { values: flags } = parseArgs({
  options: {
    lab: { type: "string", default: join(root, "..", "shared", "lab") },
    programs: { type: "string" },
    charts: { type: "string", default: join(root, "..", "shared", "corpus", "charts.tar.gz") },
    bundle: { type: "string", default: join(root, "dist", "modules", "skeg.js") },
    work: { type: "string" },
    before: { type: "string" },
    kept: { type: "string", default: join(root, "dist", "peers.json") },
    out: { type: "string", default: join(root, "bench", "RESULTS.md") },
    runs: { type: "string", default: "9" },
    only: { type: "string" },
    scenario: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
  },
});

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

async function output(command: string, ...args: string[]): Promise<string> {
  const { success, stdout } = await new Deno.Command(command, { args, stderr: "inherit" }).output();
  if (!success) throw new Error(`${command} failed`);
  return new TextDecoder().decode(stdout).trim();
}

/** Returns the folder of charts; unpacks an archive. */
async function chartsFolder(work: string): Promise<string> {
  const path = resolve(flags.charts);
  if (statSync(path).isDirectory()) return path;
  const folder = join(work, "corpus");
  if (!existsSync(folder)) {
    mkdirSync(folder, { recursive: true });
    await output("tar", "-xzf", path, "-C", folder);
  }
  return folder;
}

/** Writes the bars between their marks in README.md. */
async function writeSummary(path: string, table: string): Promise<void> {
  const page = await Deno.readTextFile(path);
  const marked = /(<!-- measured -->\n)[^]*(<!-- end -->)/;
  if (!marked.test(page)) throw new Error(`${path} has no place for the summary`);
  await Deno.writeTextFile(path, page.replace(marked, (_all, begin, end) => `${begin}\n${table}\n\n${end}`));
}

/** Writes `RESULTS.md`, and the summary in README.md after a complete run. */
async function writeReport(bench: Bench, seconds: () => string): Promise<void> {
  const command = `deno task bench:peers${flags.quick ? " --quick" : ""}`;
  await Deno.writeTextFile(flags.out, report(bench.results, { versions: await bench.programs.versions(), command }));
  // After a partial run, README.md keeps the bars of the last complete run.
  const isWhole = !flags.quick &&
    verdicts(bench.results).every(({ met, measured }) => met !== undefined && !measured.includes("–"));
  if (isWhole) await writeSummary(join(root, "README.md"), speedBars(bench.results));
  say(`\n${targetTable(bench.results)}\n\n${seconds()}; ${flags.out}`);
}

const work = resolve(flags.work ?? mkdtempSync(join(tmpdir(), "skeg-peers-")));
mkdirSync(work, { recursive: true });
try {
  const peers = flags.programs ??
    await output(join(flags.lab, "assets"), "helm2", "tiller", "helm3", "helm4", "helm-unittest", "kubectl", "kapp");
  const bench: Bench = {
    programs: await findPrograms({ peers, bundle: flags.bundle, work, before: flags.before }),
    results: new Results(flags.before === undefined ? flags.kept : join(work, "before.json")),
    work,
    charts: await chartsFolder(work),
    lab: resolve(flags.lab),
    runs: Number(flags.runs),
    quick: flags.quick,
    wanted: (id) => new RegExp(flags.scenario).test(id),
    say,
  };
  const chosen = flags.only?.split(",") ?? Object.keys(FAMILIES);
  const unknown = chosen.filter((name) => FAMILIES[name] === undefined);
  if (unknown.length > 0) throw new Error(`no such family: ${unknown.join(", ")}`);
  const started = performance.now();
  for (const family of chosen) await FAMILIES[family]?.(bench);
  const seconds = (): string => `${Math.round((performance.now() - started) / 1000)} seconds`;
  if (flags.before !== undefined) say(`\n${beforeTable(bench.results)}\n\n${seconds()}`);
  else await writeReport(bench, seconds);
} finally {
  if (flags.work === undefined) rmSync(work, { recursive: true, force: true });
}
