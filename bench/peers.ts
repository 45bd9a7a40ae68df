/**
 * Whole processes of skeg, as users get it, against the real Helm 2.17.0, in
 * alternation on one machine, after a warm-up.
 *
 *   deno run -A bench/peers.ts --programs DIR --charts DIR [--runs 9] [--skeg dist/skeg.js]
 *
 * `--programs` holds `helm2`, `--charts` a folder with `stable/…`. Prints a
 * Markdown table: medians and spreads of wall time, CPU time and peak memory,
 * and the ratios skeg / Helm 2 of the medians.
 *
 * @module
 */
import { mkdtempSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values: flags } = parseArgs({
  options: {
    programs: { type: "string" },
    charts: { type: "string" },
    runs: { type: "string", default: "9" },
    skeg: { type: "string", default: "dist/skeg.js" },
  },
});
if (flags.programs === undefined || flags.charts === undefined) throw new Error("--programs and --charts are needed");
const helm2 = join(resolve(flags.programs), "helm2");
const charts = resolve(flags.charts);
const runs = Number(flags.runs);
const permissions = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-run", "--allow-sys"];
const start = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "--unstable-worker-options",
  ...permissions,
];
const skeg = [Deno.execPath(), ...start, resolve(flags.skeg)];
const empty = join(mkdtempSync(join(tmpdir(), "skeg-bench-")), "empty.js");
await Deno.writeTextFile(empty, "");

/** One run of a whole process: seconds of wall and CPU time, and MiB at its peak. */
interface Sample {
  readonly wall: number;
  readonly cpu: number;
  readonly memory: number;
}

const home = mkdtempSync(join(tmpdir(), "skeg-bench-"));
const text = new TextDecoder();

/** Runs a command under `time`, which alone knows the peak of memory. */
async function measure(command: readonly string[]): Promise<Sample> {
  const started = performance.now();
  const output = await new Deno.Command("/usr/bin/env", {
    args: ["time", "-f", "%U %S %M", ...command],
    cwd: home,
    env: { HELM_HOME: home },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  const wall = (performance.now() - started) / 1000;
  const said = text.decode(output.stderr).trim().split("\n");
  if (output.code !== 0) throw new Error(`${command.join(" ")} ended with ${output.code}: ${said.join("\n")}`);
  const [user = 0, system = 0, memory = 0] = (said.at(-1) ?? "").split(" ").map(Number);
  return { wall, cpu: user + system, memory: memory / 1024 };
}

const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)] ?? NaN;
const spread = (list: readonly number[], digits: number): string =>
  `${median(list).toFixed(digits)} (${Math.min(...list).toFixed(digits)}–${Math.max(...list).toFixed(digits)})`;

const scenarios: readonly { name: string; ours: readonly string[]; theirs: readonly string[] }[] = [
  { name: "`version --client`", ours: [...skeg, "version", "--client"], theirs: [helm2, "version", "--client"] },
  ...["redis", "prometheus-operator"].map((chart) => {
    const path = join(charts, "stable", chart);
    return {
      name: `\`template stable/${chart}\``,
      ours: [...skeg, "template", path],
      theirs: [helm2, "template", path],
    };
  }),
  {
    name: "an empty Deno script (limit) / Helm 2 `version`",
    ours: [Deno.execPath(), ...start, empty],
    theirs: [helm2, "version", "--client"],
  },
];

const lines = [
  "| work | | wall s | CPU s | peak MiB | ratio wall | ratio CPU | ratio memory |",
  "|---|---|---|---|---|---|---|---|",
];
for (const { name, ours, theirs } of scenarios) {
  const samples: [Sample[], Sample[]] = [[], []];
  for (let run = -1; run < runs; run++) {
    for (const [index, command] of [ours, theirs].entries()) {
      const sample = await measure(command);
      if (run >= 0) samples[index]?.push(sample);
    }
  }
  const ratio = (of: (sample: Sample) => number): string =>
    (median(samples[0].map(of)) / median(samples[1].map(of))).toFixed(2);
  for (const [index, who] of ["skeg", "Helm 2"].entries()) {
    const list = samples[index] ?? [];
    const ratios = index === 0 ? [ratio((s) => s.wall), ratio((s) => s.cpu), ratio((s) => s.memory)] : ["", "", ""];
    lines.push(
      `| ${index === 0 ? name : ""} | ${who} | ${spread(list.map((s) => s.wall), 3)} | ${
        spread(list.map((s) => s.cpu), 3)
      } | ${spread(list.map((s) => s.memory), 0)} | ${ratios.join(" | ")} |`,
    );
  }
}
lines.push(
  "",
  `${runs} runs each in alternation after one warm-up; ${
    cpus()[0]?.model ?? "?"
  }, ${cpus().length} cores, Deno ${Deno.version.deno}.`,
);
Deno.stdout.writeSync(new TextEncoder().encode(lines.join("\n") + "\n"));
