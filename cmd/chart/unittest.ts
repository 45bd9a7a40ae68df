/**
 * `unittest`: tests charts with suites in the format of helm-unittest.
 *
 * Source: helm-unittest 1.0.3, `cmd/helm-unittest`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { FORMAT_VERSION } from "../../engine/chart/suite/mod.ts";
import { runChartTests, type UnittestOptions, type UnittestReport } from "../../app/unittest.ts";
import type { RunParts } from "../../app/unittest_options.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { COVERAGE_NAMES, REPORT_NAMES } from "../_reports/mod.ts";
import {
  chartErrorText,
  chartText,
  colourPaint,
  plainPaint,
  type ReportTextOptions,
  suiteText,
  summaryText,
} from "../_reports/text.ts";

const FLAGS = defineFlags({
  "allow-post-renderer": { type: "bool", usage: "Let suites start the programs of their postRenderer" },
  "changed": {
    type: "string",
    bare: "HEAD",
    usage: "Run only suites whose file, values, snapshots or templates changed since a commit of git, " +
      "with =COMMIT since another one than HEAD",
  },
  "chart-tests-path": {
    type: "string",
    complete: "folder",
    usage: "Folder, relative to the chart, of a Helm chart that renders test suites",
  },
  "ci": { type: "bool", usage: "Write no snapshots; a test whose snapshot is missing fails" },
  "color": { type: "bool", usage: "Print colours even when standard output is not a terminal; =false for none" },
  "coverage": {
    type: "string",
    bare: "text",
    complete: { words: COVERAGE_NAMES },
    usage: `Measure which lines, branches and values the tests reach: a list of ${COVERAGE_NAMES.join(", ")}. ` +
      "text is printed, the others are files",
  },
  "coverage-dir": {
    type: "string",
    complete: "folder",
    usage: "Folder for the files of --coverage",
    default: "coverage",
  },
  "coverage-min": {
    type: "string",
    usage: "LINES[,BRANCHES] in percent, such as 80,60: fail if the tests reach less. Implies --coverage",
  },
  "debugPlugin": { type: "bool", short: "d", usage: "Write the rendered templates of every test to .debug/" },
  "failfast": { type: "bool", short: "q", usage: "Stop at the first failure" },
  "file": {
    type: "stringArray",
    short: "f",
    complete: "file",
    usage: "Pattern of test files, relative to the chart (can specify multiple; default tests/*_test.yaml)",
  },
  "filter": { type: "string", usage: "Run only tests whose suite or name contains this text" },
  "max-workers": {
    type: "int",
    usage: "Largest number of processes that run suites; 0 for as many as the machine has cores",
  },
  "output-file": {
    type: "stringArray",
    short: "o",
    complete: "file",
    usage: "File for a report (can specify multiple, each with its --output-type)",
  },
  "output-type": {
    type: "stringArray",
    short: "t",
    complete: { words: REPORT_NAMES },
    usage: `Kind of the report: ${REPORT_NAMES.join(", ")} (default XUnit)`,
  },
  "output": {
    type: "string",
    complete: { words: ["json"] },
    usage: "json: print all results as JSON on standard output instead of text",
  },
  "parallel": {
    type: "bool",
    default: true,
    usage: "Run the suites of a large chart in several processes; =false for one. Results and their order are the same",
  },
  "release-service": {
    type: "string",
    complete: { words: ["Tiller", "Helm"] },
    usage:
      "What .Release.Service shows; Helm for suites and snapshots that were made with Helm 3's engine (default Tiller, " +
      "or Helm with --suite-format 1.0)",
  },
  "report-host": { type: "bool", usage: "Show the names of the machine, the user and the folder in reports" },
  "schema": {
    type: "bool",
    default: true,
    usage: "Check the values of every test against values.schema.json, as helm-unittest does",
  },
  "skip-schema-validation": { type: "bool", usage: "Ignore values.schema.json, as Helm 2 does" },
  "strict": { type: "bool", usage: "Refuse unknown keys of test suites" },
  "suite-format": {
    type: "string",
    complete: { words: ["0.2", "1.0"] },
    variable: "SKEG_SUITE_FORMAT",
    usage:
      "0.2: isNull and isEmpty mean what they meant in helm-unittest 0.2; 1.0: run suites as helm-unittest 1.0 does, with " +
      "Helm 3's release service and functions, charts of apiVersion v2, and its wrong verdicts. Default: $SKEG_SUITE_FORMAT",
  },
  "update-snapshot": { type: "bool", short: "u", usage: "Write the stored snapshots anew; review the change first" },
  "upstream-bugs": { type: "bool", usage: "Give the verdicts of helm-unittest where they are known to be wrong" },
  "values": {
    type: "stringArray",
    short: "v",
    complete: "file",
    usage: "Values file for all tests, or a pattern of such files (can specify multiple)",
  },
  "watch": { type: "bool", usage: "Run tests again when their chart, values or suite change, until q or Ctrl-C" },
  "with-subchart": {
    type: "bool",
    short: "s",
    default: true,
    usage: "Run the tests of subcharts in the charts/ folder, too",
  },
});

/** `unittest`. */
export const command = defineCommand({
  usage: "[flags] CHART [...]",
  completes: { sources: ["file"], many: true },
  long: `
Tests charts without a cluster. A test sets values, renders the chart as an installation
would, and asserts facts about the result.

The tests are suites in the format of helm-unittest (${FORMAT_VERSION}), in tests/ of the chart:

	# web/tests/deployment_test.yaml
	suite: deployment
	templates: [deployment.yaml]
	tests:
	- it: uses the image of the values
	  set:
	    image.tag: "1.27"
	  asserts:
	  - equal:
	      path: spec.template.spec.containers[0].image
	      value: nginx:1.27

Templates are rendered by Helm 2's engine, so .Release.Service is Tiller and functions
of Helm 3 do not exist. The exit status is 0 if all tests passed or were skipped.`,
  example: `  helm unittest ./web
  helm unittest ./web ./db --ci -o report.xml -t JUnit
  helm unittest ./web --filter ingress
  helm unittest ./web --coverage=text,html --coverage-min 80,60
  helm unittest ./web -f 'tests/**/*_test.yaml' -u
  helm unittest ./old --suite-format 0.2`,
  flags: FLAGS,
  run: async (context) => {
    const { args, flags } = context;
    if (args.length === 0) {
      throw new SkegError("usage", "requires at least 1 arg(s), only received 0", { hint: "name a chart folder" });
    }
    const outputs = reportFiles(flags["output-file"], flags["output-type"]);
    if (!["", "json"].includes(flags.output)) {
      throw new SkegError("usage", `invalid argument "${flags.output}" for "--output"`, { hint: "the format is json" });
    }
    const format = flags["suite-format"];
    if (!["", "0.2", "1.0"].includes(format)) {
      throw new SkegError("usage", `unknown suite format "${format}"`, {
        hint: "use 0.2 or 1.0, or leave --suite-format out",
      });
    }
    noteFormatNames(context);
    if (flags["max-workers"] < 0) {
      throw new SkegError("usage", `invalid argument "${flags["max-workers"]}" for "--max-workers"`, {
        hint: "give the number of processes, or 0 for a number that fits the machine",
      });
    }
    await tellOfPlugin(context);
    if (flags.watch) return await watch(outputs, context);
    const selects = await changedOnly(context);
    const { report, isCovered } = await runOnce({ selects }, outputs, context);
    return report.passed && isCovered ? 0 : 1;
  },
});

type UnittestContext = Context<typeof FLAGS>;

/** A report to write. */
interface ReportFile {
  readonly path: string;
  readonly type: string;
}

/** Which tests run, and how. */
interface TestRun extends Pick<UnittestOptions, "selects" | "updateSnapshot"> {
  /** The charts; absent: all. */
  readonly charts?: readonly string[];
  /** Charts of earlier runs. */
  readonly kept?: RunParts["kept"];
}

/** Runs tests, and prints and writes their results. */
async function runOnce(some: TestRun, outputs: readonly ReportFile[], context: UnittestContext) {
  const { flags, print } = context;
  const coverage = await readCoverage(context);
  const report = await run(some, context);
  const isCovered = coverage?.(report) ?? true;
  for (const { path, type } of outputs) await writeReport(path, type, report, context);
  if (flags.output === "json") {
    const { reportData } = await import("../_reports/machine_reports.ts");
    print.out(`${JSON.stringify(reportData(report), undefined, 2)}\n`);
  }
  return { report, isCovered };
}

/** Runs tests again and again, see `unittest_watch.ts`. */
async function watch(outputs: readonly ReportFile[], context: UnittestContext): Promise<number> {
  const { args, flags, print } = context;
  const [{ watchTests }, { findFiles }, selects] = await Promise.all([
    import("./unittest_watch.ts"),
    import("../../app/unittest_files.ts"),
    changedOnly(context),
  ]);
  return await watchTests({
    charts: args,
    values: findFiles("", flags.values),
    written: [...outputs.map(({ path }) => path), flags["coverage-dir"]],
    print,
    signals: context,
    // Coverage is that of all tests.
    run: async ({ charts, update, kept, ...chosen }) => {
      const own = wantsCoverage(flags) ? { charts: args } : { charts, selects: chosen.selects ?? selects };
      const updateSnapshot = update || flags["update-snapshot"];
      return (await runOnce({ ...own, updateSnapshot, kept }, outputs, context)).report;
    },
  });
}

/** Returns how suites run side by side; `undefined`: in this process alone. */
function parallelSuites({ flags, given, programs }: UnittestContext): RunParts["parallel"] {
  if (!flags.parallel) return undefined;
  const count = flags["max-workers"] || navigator.hardwareConcurrency;
  return { count, isEager: given.has("parallel"), command: () => [...programs.self(), "__suites"] };
}

/** Prints a note when a report's file has the name of a format: `-o` names a file, in other commands a format. */
function noteFormatNames({ flags, print }: UnittestContext): void {
  if (!print.hints) return;
  for (const name of flags["output-file"]) {
    const type = REPORT_NAMES.find((each) => each.toLowerCase() === name.toLowerCase());
    if (type === undefined && !/^(?:json|ya?ml|text|table|wide|xml)$/i.test(name)) continue;
    const meant = /^json$/i.test(name)
      ? "; --output json prints the results as JSON"
      : type === undefined
      ? ""
      : `; -o FILE -t ${type} writes a report of this type`;
    print.err(`Note: -o names the file of a report: it is written to ./${name}${meant}\n`);
  }
}

/** Reads the flags of coverage. Returns the function that reports it and returns false if it is less than wanted. */
async function readCoverage(context: UnittestContext): Promise<((report: UnittestReport) => boolean) | undefined> {
  const { flags, print } = context;
  if (!wantsCoverage(flags)) return undefined;
  const [reports, { writeWhole }] = await Promise.all([
    import("../_reports/coverage.ts"),
    import("../../app/unittest_files.ts"),
  ]);
  const formats = reports.coverageFormats(flags.coverage || "text");
  const min = flags["coverage-min"] === "" ? undefined : reports.coverageMin(flags["coverage-min"]);
  return (report) => {
    const charts = report.charts.flatMap(({ coverage = [] }) => coverage);
    const text = reports.writeCoverage(charts, formats, writeWhole, flags["coverage-dir"]);
    if (flags.output !== "json") print.out(text);
    const failures = min === undefined ? [] : reports.coverageFailures(charts, min);
    for (const failure of failures) print.err(`Error: ${failure}\n`);
    return failures.length === 0;
  };
}

function wantsCoverage(flags: UnittestContext["flags"]): boolean {
  return flags.coverage !== "" || flags["coverage-min"] !== "";
}

/** Prints a note when a plugin has the command's name: plugins come after commands. */
async function tellOfPlugin(context: UnittestContext): Promise<void> {
  if (!context.print.watched || context.variables("HELM_NO_PLUGINS") === "1") return;
  const [{ installedPlugins }, { pluginHost }, { tellNote }] = await Promise.all([
    import("../../app/plugins.ts"),
    import("../_lib/caller.ts"),
    import("../_lib/log.ts"),
  ]);
  if (installedPlugins(pluginHost(context)).some(({ metadata }) => metadata.name === "unittest")) {
    tellNote(context.print, "Note: the plugin unittest is not used: this command replaces it.");
  }
}

async function run({ charts, kept, ...some }: TestRun, context: UnittestContext): Promise<UnittestReport> {
  const { args, flags, print, variables } = context;
  const coloured = context.given.has("color") ? flags.color : print.terminal && (variables("NO_COLOR") ?? "") === "";
  const options: ReportTextOptions = {
    paint: coloured ? colourPaint : plainPaint,
    hints: print.hints,
  };
  const show = flags.output === "json" ? () => {} : (text: string) => print.out(text, { painted: coloured });
  const report = await runChartTests(charts ?? args, { ...optionsOf(context), ...some }, {
    chart: (name, path) => show(chartText(name, path, options)),
    chartError: (message) => show(chartErrorText(message, options)),
    suite: (result) => show(suiteText(result, options)),
    note: (text) => {
      if (options.hints) print.err(`Note: ${text}\n`);
    },
  }, { kept, parallel: parallelSuites(context) });
  show(summaryText(report, options));
  if (options.hints) tellNotes(report, context);
  return report;
}

/** Returns the function that selects changed suites; `undefined`: all. */
async function changedOnly({ args, flags }: UnittestContext): Promise<UnittestOptions["selects"]> {
  if (flags.changed === "") return undefined;
  const { suitesChangedSince } = await import("../../app/changed_suites.ts");
  return await suitesChangedSince(args, flags.changed, flags.values);
}

function optionsOf({ flags, given, globals, print }: UnittestContext): UnittestOptions {
  return {
    file: flags.file,
    values: flags.values,
    updateSnapshot: flags["update-snapshot"],
    withSubchart: flags["with-subchart"],
    failfast: flags.failfast,
    strict: flags.strict,
    chartTestsPath: flags["chart-tests-path"],
    suiteFormat: flags["suite-format"],
    upstreamBugs: flags["upstream-bugs"],
    releaseService: given.has("release-service") ? flags["release-service"] : undefined,
    schema: flags.schema && !flags["skip-schema-validation"],
    ci: flags.ci,
    coverage: wantsCoverage(flags),
    filter: flags.filter,
    postRender: flags["allow-post-renderer"]
      ? async (program, text) => (await import("../../app/post_renderer.ts")).runPostRenderer(program, text)
      : undefined,
    renderPath: flags.debugPlugin ? ".debug" : undefined,
    log: globals.debug ? (text) => print.err(`${text}\n`) : undefined,
  };
}

/** Prints notes about suites that passed; those of failed tests stand below the failure. */
function tellNotes(report: UnittestReport, { print }: UnittestContext): void {
  const notes = report.charts.flatMap(({ suites }) => suites).map(({ file, jobs }) => {
    const found = new Set(jobs.filter(({ passed }) => passed).flatMap((job) => job.notes));
    return [...found].map((note) => `Note: ${file}: ${note}\n`).join("");
  });
  for (const text of notes) if (text !== "") print.err(text);
}

/** Puts report files and their types together, in the order given. */
function reportFiles(files: readonly string[], types: readonly string[]): ReportFile[] {
  return files.map((path, at) => {
    const type = types[at] ?? types.at(-1) ?? "XUnit";
    if (REPORT_NAMES.some((name) => name.toLowerCase() === type.toLowerCase())) return { path, type };
    throw new SkegError("usage", `unknown type of report "${type}"`, { hint: `use one of ${REPORT_NAMES.join(", ")}` });
  });
}

async function writeReport(
  path: string,
  type: string,
  report: UnittestReport,
  context: UnittestContext,
): Promise<void> {
  const [{ REPORTS }, { writeWhole }] = await Promise.all([
    import("../_reports/mod.ts"),
    import("../../app/unittest_files.ts"),
  ]);
  const shows = context.flags["report-host"];
  const suites = report.charts.flatMap((chart) => chart.suites);
  const text = REPORTS[type.toLowerCase()]?.(suites, {
    time: new Date(),
    host: shows ? Deno.hostname() : "",
    user: shows ? context.variables("USER") ?? "" : "",
    folder: shows ? Deno.cwd() : "",
    platform: `skeg.${Deno.build.os}-${Deno.build.arch}`,
  });
  writeWhole(path, text ?? "");
}
