/** Tests of `unittest` with several processes. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { testedChart } from "../../bench/peers/chart_tests.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { programIn } from "../../tests/_lib/program_in.ts";

/** The chart of the measurement, with failures, skipped tests, snapshots, and suites that cannot be read. */
function mixedChart(): Record<string, string> {
  const suite = (asserts: string, more = "") =>
    `suite: mixed\ntests:\n- it: works\n  template: t1.yaml\n${more}  asserts:\n${asserts}`;
  // Six of the 40 templates and suites are enough.
  const few = Object.entries(testedChart()).filter(([path]) => !/\d/.test(path) || /[ts]\/[st][0-5][._]/.test(path));
  const files = {
    ...Object.fromEntries(few),
    "tests/b1_test.yaml": suite("  - equal: {path: spec.replicas, value: 9}\n"),
    "tests/b2_test.yaml": suite("  - isKind: {of: Pod}\n", "  skip: {reason: no}\n"),
    "tests/b3_test.yaml": suite("  - matchSnapshot: {path: spec.replicas}\n"),
    "tests/b4_test.yaml": `${suite("  - matchSnapshot: {path: spec.replicas}\n")}---\n${
      suite("  - matchSnapshot: {path: kind}\n", "  set: {replicas: 3}\n").replace("suite: mixed", "suite: second")
        .replace("it: works", "it: also works")
    }`,
    "tests/b5_test.yaml": suite("  - matchSnapshot: {path: spec.replicas}\n"),
    "tests/__snapshot__/b5_test.yaml.snap": "works:\n  1: |\n    7\n",
    "tests/b6_test.yaml": suite("  - failedTemplate: {}\n", "  values: [none.yaml]\n"),
  };
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [`web/${path}`, text]));
}

/** Output without times. */
const shown = (text: string) => text.replace(/^Time: .*$/m, "").replace(/"durationMs": [\d.]+/g, "");

/** Runs in a new copy of the chart; returns the output, the report and the snapshots. */
function outcomeOf(files: Record<string, string>, ...flags: string[]): Promise<unknown> {
  return inFolder(files, async (folder) => {
    const report = ["-o", "r.xml", "-t", "Sonar"];
    const { code, stdout, stderr } = await programIn(folder, ["unittest", "web", ...report, ...flags]);
    const snapshots: Record<string, string> = {};
    for await (const { name } of Deno.readDir(`${folder}/web/tests/__snapshot__`)) {
      snapshots[name] = await Deno.readTextFile(`${folder}/web/tests/__snapshot__/${name}`);
    }
    const xml = (await Deno.readTextFile(join(folder, "r.xml"))).replace(/duration="\d+"/g, "");
    return { code, stdout: shown(stdout), stderr, xml, snapshots };
  });
}

for (const flags of [[], ["-u"], ["--ci"], ["--filter", "job 1"], ["--output", "json"]]) {
  Deno.test(`unittest --parallel gives the results of one process ${flags.join(" ")}`, async () => {
    const files = mixedChart();
    const alone = await outcomeOf(files, "--parallel=false", ...flags);
    const together = await outcomeOf(files, "--parallel", "--max-workers", "3", ...flags);
    deepEqual(together, alone);
  });
}

/** Runs a script. A file that was just written cannot be executed itself while another test starts a program. */
const SHELL = ["/bin/sh"];

Deno.test("unittest --parallel runs suites in other processes", () =>
  inFolder(mixedChart(), async (folder) => {
    // A program that notes that it was started, and then ends without an answer: its suites run in this process.
    const started = join(folder, "started");
    const script = join(folder, "self.sh");
    await Deno.writeTextFile(script, `#!/bin/sh\necho "$@" >> ${started}\n`);
    const { runChartTests } = await import("../../app/unittest.ts");
    const report = await runChartTests([join(folder, "web")], {}, {}, {
      parallel: { count: 3, command: () => [...SHELL, script, "__suites"], isEager: true },
    });
    equal(report.counts.tests.passed, 153);
    equal(await Deno.readTextFile(started), "__suites\n__suites\n");
  }));

Deno.test("unittest --parallel takes the answers of other processes", () =>
  inFolder(mixedChart(), async (folder) => {
    // The real program, whose answers are noted on their way.
    const answers = join(folder, "answers");
    const script = join(folder, "self.sh");
    const main = join(import.meta.dirname ?? "", "../../main.ts");
    await Deno.writeTextFile(
      script,
      `#!/bin/sh\n"${Deno.execPath()}" run -A --no-check --quiet "${main}" "$@" | tee -a ${answers}\n`,
    );
    const { groupRunner, groupSuites } = await import("../../app/unittest_groups.ts");
    const { SuiteProcess } = await import("../../app/unittest_process.ts");
    const { suitesOf } = await import("../../app/unittest_suites.ts");
    const { loadChart } = await import("../../engine/chart/load/mod.ts");
    const { ChartCache } = await import("../../engine/chart/suite/mod.ts");
    const path = join(folder, "web");
    const chart = await loadChart(path);
    const suites = await suitesOf(path, chart.metadata.name, chart, {}, () => {});
    const here = groupRunner({ chart, suites, cache: new ChartCache(), options: {} });
    const other = new SuiteProcess(() => [...SHELL, script, "__suites"], { path, suites, options: {} });
    const untimed = (value: unknown) =>
      JSON.parse(JSON.stringify(value).replace(/"durationMs":[\d.e-]+/g, '"durationMs":0'));
    const groups = groupSuites(suites);
    for (const group of groups) deepEqual(untimed(await other.run(group)), untimed(await here(group)));
    await other.end();
    equal((await Deno.readTextFile(answers)).trim().split("\n").length, groups.length);
  }));

Deno.test("unittest starts other processes by itself for a large chart only", () =>
  inFolder(mixedChart(), async (folder) => {
    const started = join(folder, "started");
    const script = join(folder, "self.sh");
    await Deno.writeTextFile(script, `#!/bin/sh\necho "$@" >> ${started}\n`);
    const { runChartTests } = await import("../../app/unittest.ts");
    const run = (filter: string) =>
      runChartTests([join(folder, "web")], { filter }, {}, {
        parallel: { count: 2, command: () => [...SHELL, script, "__suites"] },
      });
    await run("mixed");
    equal(await Deno.stat(started).catch(() => undefined), undefined);
  }));

Deno.test("unittest refuses a negative --max-workers", async () => {
  const { code, stderr } = await program(["unittest", "web", "--max-workers", "-1"]);
  equal(code, 1);
  match(stderr, /^Error: invalid argument "-1" for "--max-workers"\n/);
});
