/**
 * Runs suites against a chart.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/test_suite.go`, `test_job.go`, `assertion.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import type { ChartCoverage, TemplateFunctions } from "../render/mod.ts";
import { prepareRegexp } from "../../lang/golang/mod.ts";
import { schemaChecker } from "../values/mod.ts";
import { ASSERTS } from "./assert_table.ts";
import type { CheckContext, CheckedDocument } from "./asserts/check.ts";
import { DocumentCache } from "./documents.ts";
import { type JobConfig, jobConfig, overlapNotes, type ReadValues } from "./job_values.ts";
import type { Assert, AssertResult, Job, JobResult, Suite, SuiteResult } from "./model.ts";
import { CompiledCharts, type RenderedJob, renderJob, type RunPostRenderer, undefinedFunction } from "./render_job.ts";
import { type DocumentsOf, selectDocuments, templatesOf } from "./select.ts";
import type { SnapshotFile } from "./snapshots.ts";
import { joinPath, templatePath } from "./templates.ts";

/** Parsed templates and documents of a chart, shared by all its suites. */
export class ChartCache {
  /** Parsed templates. */
  readonly charts: CompiledCharts;
  /** Parsed documents. */
  readonly documents: DocumentCache = new DocumentCache();

  /**
   * Makes an empty cache.
   *
   * @param coverage Gets the counts of all runs of the chart's templates.
   * @param functions The functions of the templates; absent: those of Helm 2.
   */
  constructor(coverage?: ChartCoverage, functions?: TemplateFunctions) {
    this.charts = new CompiledCharts(coverage, functions);
  }
}

/** Options of {@linkcode runSuite}. */
export interface RunSuiteOptions {
  /** The snapshots of the suite's file. */
  readonly snapshots: SnapshotFile;
  /** Returns the text of a values file. */
  readonly readValues: ReadValues;
  /** Shared by the suites of the chart. */
  readonly cache?: ChartCache | undefined;
  /** Starts post-renderers; absent: they are refused. */
  readonly postRender?: RunPostRenderer | undefined;
  /** True to stop at the first failure. */
  readonly failFast?: boolean | undefined;
  /** True for the meanings of helm-unittest 0.2. */
  readonly isOldFormat?: boolean | undefined;
  /** True for upstream's verdicts where they are wrong. */
  readonly upstreamBugs?: boolean | undefined;
  /** `.Release.Service`; `Tiller` when absent. */
  readonly service?: string | undefined;
  /** True to check values against `values.schema.json`. */
  readonly schema?: boolean | undefined;
  /** Returns milliseconds, to measure jobs. */
  readonly now?: (() => number) | undefined;
  /** Selects jobs by name; the others are left out of the result. */
  readonly filter?: ((job: Job) => boolean) | undefined;
  /** Called with the config of a job before it is rendered. */
  readonly onConfig?: ((config: JobConfig) => void) | undefined;
  /** Called with the text of every rendered file of a job. */
  readonly onRendered?: ((job: Job, files: ReadonlyMap<string, string>) => void) | undefined;
}

/**
 * Runs all jobs of a suite.
 *
 * @param chart The top chart, even if the suite belongs to a subchart.
 */
export async function runSuite(chart: Chart, suite: Suite, options: RunSuiteOptions): Promise<SuiteResult> {
  await preparePatterns(suite);
  if (suite.jobs.some(({ asserts }) => asserts.some(({ type }) => type === "matchesSchema"))) {
    schemaCheck = await schemaChecker();
  }
  const before = options.snapshots.counts();
  const results: JobResult[] = [];
  for (const [index, job] of suite.jobs.entries()) {
    if (options.filter !== undefined && !options.filter(job)) continue;
    const result = await runJob(chart, suite, job, index, options);
    results.push(result);
    if (options.failFast && !result.passed && !result.skipped) break;
  }
  const after = options.snapshots.counts();
  return {
    name: suite.name,
    file: suite.file,
    passed: results.every(({ passed, skipped }) => passed || skipped),
    skipped: results.length > 0 && results.every(({ skipped }) => skipped),
    jobs: results,
    snapshots: {
      total: after.total - before.total,
      failed: after.failed - before.failed,
      created: after.created - before.created,
      vanished: 0,
    },
  };
}

/** Set before the first suite that needs it: asserts cannot wait. */
let schemaCheck: CheckContext["checkSchema"] = () => [];

/** Loads the matcher if a pattern needs it: asserts cannot wait. */
async function preparePatterns(suite: Suite): Promise<void> {
  for (const { asserts } of suite.jobs) {
    for (const { params } of asserts) {
      for (const value of Object.values(params)) {
        const { pattern } = (value ?? {}) as { pattern?: unknown };
        if (typeof pattern === "string") await prepareRegexp(pattern.trim());
      }
      for (const pattern of [params["pattern"], params["errorpattern"]]) {
        if (typeof pattern === "string") await prepareRegexp(pattern);
      }
      if (typeof params["path"] === "string" && params["path"].includes("=~")) await prepareRegexp();
    }
  }
}

async function runJob(
  chart: Chart,
  suite: Suite,
  job: Job,
  index: number,
  options: RunSuiteOptions,
): Promise<JobResult> {
  const { now = () => performance.now() } = options;
  const start = now();
  const done = (result: Partial<JobResult>): JobResult => ({
    name: job.name,
    index,
    passed: false,
    skipped: false,
    asserts: [],
    notes: [],
    ...result,
    durationMs: now() - start,
  });
  if (job.skip !== "") return done({ skipped: true });
  const notes = new Set([...overlapNotes(suite.set), ...overlapNotes(job.set)]);
  try {
    const { charts, documents } = options.cache ?? new ChartCache();
    const config = jobConfig(suite, job, options.readValues);
    options.onConfig?.(config);
    const rendered = await renderJob(chart, suite, job, { ...options, charts, config: config.text });
    options.onRendered?.(job, rendered.files);
    if (rendered.foreign !== undefined) notes.add(foreignNote(rendered.foreign));
    const outcome = outcomeOf(chart, suite, job, rendered, documents);
    const asserts = checkAll(suite, job, outcome, notes, options);
    const passed = asserts.every((assert) => assert.passed);
    const missing = undefinedFunction(outcome.error ?? "");
    if (!passed && missing !== undefined) notes.add(missingNote(missing));
    return done({ passed, asserts, notes: [...notes], error: outcome.error });
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    const hint = error.hint === undefined ? "" : `\n${error.hint}`;
    return done({ error: `${error.message}${hint}`, notes: [...notes] });
  }
}

/** The documents of a job. */
interface Outcome {
  /** By full template name. */
  readonly documents: DocumentsOf;
  /** Names that a wildcard selects. */
  readonly names: readonly string[];
  /** True if all templates rendered. */
  readonly succeeded: boolean;
  /** The message when it fails the whole job. */
  readonly error: string | undefined;
  /** The name that all asserts look at after a post-renderer that dropped the files' names. */
  readonly onlyFile: string | undefined;
  /** Lines that rendering logged. */
  readonly warnings: readonly string[];
}

function outcomeOf(chart: Chart, suite: Suite, job: Job, rendered: RenderedJob, cache: DocumentCache): Outcome {
  const { error, files } = rendered;
  if (error !== undefined) return { ...failedOutcome(suite, job, error), warnings: rendered.warnings };
  const top = chart.metadata.name;
  const documents = new Map<string, readonly CheckedDocument[]>();
  for (const [name, text] of files) {
    const file = name.startsWith(top) ? name : joinPath(top, name);
    const found = cache.of(file, text);
    if (found !== undefined) documents.set(file, found);
  }
  const [only] = documents.size === 1 && rendered.wasPostRendered ? documents.keys() : [];
  const onlyFile = only?.endsWith("manifest.yaml") ? only : undefined;
  return {
    documents,
    names: [...files.keys()],
    succeeded: true,
    error: undefined,
    onlyFile,
    warnings: rendered.warnings,
  };
}

/** The documents of a job whose templates fail: the message takes the place of the template. */
function failedOutcome(suite: Suite, job: Job, error: NonNullable<RenderedJob["error"]>): Omit<Outcome, "warnings"> {
  const none = { succeeded: false, onlyFile: undefined };
  const expectsFailure = job.asserts.some(({ type }) => ASSERTS[type]?.needsSuccess === false);
  if (!expectsFailure || error.file === undefined) {
    return { ...none, documents: new Map(), names: [], error: error.whole };
  }
  const base = error.file.slice(error.file.lastIndexOf("/") + 1);
  const templates = suite.templates.length === 0 ? ["**"] : suite.templates;
  const names = base.startsWith("_")
    ? templates.map((name) => joinPath(suite.route, templatePath(name)))
    : [error.file];
  const documents = new Map(names.map((name) => [name, [{ raw: error.message }]]));
  return { ...none, documents, names, error: undefined };
}

function checkAll(
  suite: Suite,
  job: Job,
  outcome: Outcome,
  notes: Set<string>,
  options: RunSuiteOptions,
): AssertResult[] {
  const results: AssertResult[] = [];
  let snapshot = 0;
  for (const [index, assert] of job.asserts.entries()) {
    const hints: string[] = [];
    const frame: Frame = {
      renderError: outcome.error,
      failFast: options.failFast ?? false,
      paths: { upstreamBugs: options.upstreamBugs ?? false, note: (text) => notes.add(text) },
      isOldFormat: options.isOldFormat ?? false,
      upstreamBugs: options.upstreamBugs ?? false,
      compareSnapshot: (content, patterns) => options.snapshots.compare(job.name, ++snapshot, content, patterns),
      rendered: outcome.documents,
      warnings: outcome.warnings,
      readFile: (path) => options.readValues(path, suite),
      checkSchema: schemaCheck,
      hint: (text) => hints.includes(text) || hints.push(text),
    };
    const verdict = checkOne(suite, job, assert, outcome, frame);
    const { type, not } = assert;
    if (!verdict.passed && showsService(verdict.lines)) hints.push(SERVICE_HINT);
    results.push({ index, type, not, ...verdict, hints: verdict.passed ? [] : hints });
    if (!verdict.passed && frame.failFast) break;
  }
  return results;
}

const SERVICE_HINT =
  ".Release.Service is Tiller, as in an installation; --release-service Helm shows what Helm 3 has, and " +
  "--suite-format 1.0 runs suites as helm-unittest does";

/** True if a difference may come from `.Release.Service`. */
function showsService(lines: readonly string[]): boolean {
  return lines.some((line) => /\bTiller\b/.test(line)) && lines.some((line) => /\bHelm\b/.test(line));
}

function foreignNote(name: string): string {
  return `the templates call ${name}, a function of Helm 3: Helm 2 cannot install the chart`;
}

function missingNote(name: string): string {
  return `Helm 2 does not have the function ${name}; if it is one of Helm 3, --suite-format 1.0 runs suites as helm-unittest does`;
}

/** The parts of a check's context that are the same for all templates. */
type Frame = Pick<
  CheckContext,
  | "renderError"
  | "failFast"
  | "paths"
  | "isOldFormat"
  | "upstreamBugs"
  | "compareSnapshot"
  | "rendered"
  | "warnings"
  | "readFile"
  | "checkSchema"
  | "hint"
>;

function checkOne(
  suite: Suite,
  job: Job,
  assert: Assert,
  outcome: Outcome,
  frame: Frame,
): { passed: boolean; lines: readonly string[] } {
  const { documents, names, succeeded, onlyFile } = outcome;
  const wanted = onlyFile === undefined ? templatesOf(assert, job, suite, names) : [onlyFile];
  const templates: DocumentsOf = new Map(wanted.map((name) => [name, documents.get(name)]));
  let selected: Map<string, readonly CheckedDocument[]>;
  try {
    const selector = assert.documentSelector ?? job.documentSelector;
    selected = selectDocuments(templates, selector, job.documentIndex ?? assert.documentIndex, frame.paths);
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return { passed: false, lines: ["Error:", error.message] };
  }
  const kind = ASSERTS[assert.type];
  if (kind === undefined) throw new SkegError("internal", `assert ${assert.type} has no check`);
  const check = (all: readonly CheckedDocument[], chosen: readonly CheckedDocument[]) =>
    kind.check({
      ...frame,
      type: assert.type,
      params: assert.params,
      documents: all,
      selected: chosen,
      negative: assert.not !== kind.isAntonym,
    });
  const fits = kind.needsSuccess === succeeded;
  if (kind.isWhole) return fits ? check([], []) : { passed: false, lines: ["Error: rendered manifest is empty"] };
  if (selected.size === 0) {
    if (job.documentSelector?.skipEmptyTemplates) return { passed: true, lines: [] };
    return fits ? check([], []) : { passed: false, lines: ["Error: rendered manifest is empty"] };
  }
  const lines: string[] = [];
  let passed = true;
  for (const [template, chosen] of selected) {
    const all = documents.get(template);
    if (all === undefined && kind.needsSuccess) {
      lines.push("Error:", missingLine(template));
      passed = false;
      continue;
    }
    const verdict = fits ? check(all ?? [], chosen) : { passed: false, lines: [renderingLine(all ?? [])] };
    if (verdict.passed) continue;
    passed = false;
    lines.push(`Template:\t${template}`, ...verdict.lines);
  }
  return { passed, lines };
}

function missingLine(template: string): string {
  return template === ""
    ? "\tassertion.template must be given if testsuite.templates is empty"
    : `\ttemplate "${template}" not exists or not selected in test suite`;
}

function renderingLine([first]: readonly CheckedDocument[]): string {
  if (first === undefined) return "Error: rendered manifest is empty";
  const { raw } = first;
  return `Error: Invalid rendering: ${typeof raw === "string" ? raw : "%!s(<nil>)"}`;
}
