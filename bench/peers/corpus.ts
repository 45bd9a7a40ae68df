/**
 * Many public charts: one process of the library for all of them, compared with
 * one process of each peer per chart.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Bench, compare } from "./bench.ts";
import type { Who } from "./results.ts";
import { measure, type Sample } from "./sample.ts";

/** Renders all charts with their defaults; some charts fail with that in every program. */
export async function corpus(bench: Bench): Promise<void> {
  const { script, before, helm2, helm3, helm4, env, home } = bench.programs;
  const every = readdirSync(bench.charts).sort().flatMap((repository) =>
    readdirSync(join(bench.charts, repository)).sort().map((chart) => join(bench.charts, repository, chart))
  );
  const charts = bench.quick ? every.filter((_, index) => index % 10 === 0) : every;
  const each = async (command: readonly string[]): Promise<Sample> => {
    let wall = 0, cpu = 0, memory = 0;
    for (const chart of charts) {
      const sample = await measure({ command: [...command, chart], env, cwd: home, codes: [0, 1] });
      wall += sample.wall;
      cpu += sample.cpu;
      memory = Math.max(memory, sample.memory);
    }
    return { wall, cpu, memory };
  };
  const peer = (who: Who, ...command: string[]) => ({
    who,
    run: () => each(command),
    command: `${bench.programs.shown(command)} CHART, ${charts.length} times`,
  });
  const inProcess = (who: Who, root: string) => ({
    who,
    run: () => measure({ command: [...script(join(root, "bench/peers/render_all.ts")), ...charts], env, cwd: home }),
    command: "deno run -R bench/peers/render_all.ts CHART…",
  });
  const root = join(import.meta.dirname ?? ".", "../..");
  await compare(bench, {
    family: "corpus",
    id: "corpus",
    title: `all ${charts.length} public charts`,
    note:
      "The library renders all in one process, which includes its start-up from the sources; the peers need a process " +
      "for each chart, and their memory is that of the largest one.",
    secondsMax: 150,
    candidates: before === undefined
      ? [
        inProcess("library", root),
        peer("helm2", helm2, "template"),
        peer("helm3", helm3, "template", "release"),
        peer("helm4", helm4, "template", "release"),
      ]
      : [inProcess("library", root), inProcess("before", before.folder)],
  });
}
