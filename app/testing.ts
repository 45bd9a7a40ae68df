/**
 * Chart tests in TypeScript, run by `deno test`: the same suites and asserts as in YAML.
 *
 * @module
 */
import { fileURLToPath } from "node:url";
import { join, resolve } from "node:path";
import { SkegError } from "../errors.ts";
import type { Chart } from "../engine/model/mod.ts";
import { loadChart } from "../engine/chart/load/mod.ts";
import { goInt, type GoMap, Int, isMap, newMap } from "../engine/lang/golang/mod.ts";
import {
  ChartCache,
  type JobResult,
  runSuite,
  SnapshotFile,
  type Suite,
  suiteFrom,
  yamlDocuments,
} from "../engine/chart/suite/mod.ts";
import { readSnapshots, readTextFile, snapshotPath, writeWhole } from "./unittest_files.ts";

/** Where a chart is: a folder or archive, as a path or `file:` address, or a chart that is loaded. */
export type TestedChart = string | URL | Chart;

/** One assert, as in a YAML suite: `{ equal: { path: "kind", value: "Service" } }`. */
export interface AssertDefinition {
  /** True to turn the assert round. */
  readonly not?: boolean;
  /** The template that it looks at; absent: those of the test. */
  readonly template?: string;
  /** Position of the document; absent: all. */
  readonly documentIndex?: number;
  /** Selects documents by the value at a path. */
  readonly documentSelector?: {
    readonly path: string;
    readonly value?: unknown;
    readonly matchMany?: boolean;
    readonly skipEmptyTemplates?: boolean;
  };
  /** The assert's name, with its parameters. */
  readonly [name: string]: unknown;
}

/** Settings of a suite and of a test; those of the test win. */
export interface TestSettings {
  /** Values files: paths relative to the chart's folder, or absolute. */
  readonly values?: readonly string[];
  /** Values by path, such as `{ "image.tag": "1.27" }`. */
  readonly set?: Readonly<Record<string, unknown>>;
  /** The templates that are rendered (suite) or looked at (test), such as `deployment.yaml`. */
  readonly templates?: readonly string[];
  /** The fields of `.Release`. */
  readonly release?: {
    readonly name?: string;
    readonly namespace?: string;
    readonly revision?: number;
    readonly upgrade?: boolean;
  };
  /** The fields of `.Capabilities`. */
  readonly capabilities?: {
    readonly majorVersion?: string | number;
    readonly minorVersion?: string | number;
    readonly apiVersions?: readonly string[] | null;
  };
  /** Replaces fields of Chart.yaml. */
  readonly chart?: { readonly version?: string; readonly appVersion?: string };
}

/** A test that consists of asserts. */
export interface TestDefinition extends TestSettings {
  /** The template that all asserts look at. */
  readonly template?: string;
  /** Position of the document that all asserts look at. */
  readonly documentIndex?: number;
  /** Why it is skipped. */
  readonly skip?: { readonly reason: string };
  /** At least one. */
  readonly asserts: readonly AssertDefinition[];
}

/** Options of {@linkcode suite}. */
export interface SuiteOptions extends TestSettings {
  /** The chart. */
  readonly of: TestedChart;
  /** Templates that are not rendered. */
  readonly excludeTemplates?: readonly string[];
  /** File of the snapshots; absent: in `tests/__snapshot__/` of the chart, named after the suite. */
  readonly snapshots?: string;
}

/** The files and documents that a chart rendered. Documents are plain data. */
export interface RenderedChart {
  /** Text by template, such as `templates/service.yaml`; templates of subcharts begin with `charts/`. */
  readonly files: Readonly<Record<string, string>>;
  /** Returns the documents of a template, or of all templates in the order of their names. */
  documents(template?: string): Record<string, unknown>[];
  /**
   * Returns the only document of a kind, or the one with a name.
   *
   * @throws SkegError of kind `not-found` when there is none, or more than one.
   */
  document(kind: string, name?: string): Record<string, unknown>;
}

/** Renders the suite's chart with settings of one test. */
export type RenderTest = (settings?: TestSettings) => Promise<RenderedChart>;

/**
 * Renders a chart for a test, with the defaults of `unittest`: release `RELEASE-NAME` in the namespace `NAMESPACE`.
 *
 * @throws SkegError when the chart cannot be loaded, or does not render.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const chart = chartFromFiles({ "Chart.yaml": "name: web\nversion: 1.0.0\n", "templates/a.yaml": "kind: Pod\nn: {{ .Values.n }}\n" });
 * const rendered = await render(chart, { set: { n: 3 } });
 * equal(rendered.document("Pod").n, 3);
 * ```
 */
export async function render(chart: TestedChart, settings: TestSettings = {}): Promise<RenderedChart> {
  const loaded = await chartAt(chart);
  const probe = { ...settings, asserts: [{ hasDocuments: { count: 0 } }] };
  const made = suiteFrom(goData({ suite: "render", tests: [probe] }), { file: "", route: loaded.metadata.name });
  let files: ReadonlyMap<string, string> | undefined;
  const { jobs: [result] } = await runSuite(loaded, { ...made, templates: settings.templates ?? [] }, {
    snapshots: new SnapshotFile(undefined),
    readValues: (path) => readTextFile(valuesAt(chart, path)),
    onRendered: (_, texts) => files = texts,
    schema: true,
  });
  if (result?.error !== undefined || files === undefined) {
    throw new SkegError("template", result?.error ?? "the chart does not render");
  }
  return renderedChart(loaded.metadata.name, files);
}

function renderedChart(name: string, texts: ReadonlyMap<string, string>): RenderedChart {
  const files = Object.fromEntries(
    [...texts].map(([file, text]) => [file.startsWith(`${name}/`) ? file.slice(name.length + 1) : file, text]),
  );
  const documents = (template?: string): Record<string, unknown>[] => {
    const names = template === undefined
      ? Object.keys(files).filter((file) => /\.ya?ml$/.test(file)).sort()
      : [template];
    return names.flatMap((file) => {
      const text = files[file] ?? files[`templates/${file}`];
      if (text === undefined) throw new SkegError("not-found", `template "${file}" was not rendered`);
      return yamlDocuments(text).map((document) => plainData(document) as Record<string, unknown>);
    });
  };
  return {
    files,
    documents,
    document: (kind, wanted) => {
      const found = documents().filter((each) =>
        each["kind"] === kind && (wanted === undefined || (each["metadata"] as { name?: unknown })?.name === wanted)
      );
      const shown = wanted === undefined ? kind : `${kind}/${wanted}`;
      if (found.length === 1) return found[0] as Record<string, unknown>;
      throw new SkegError("not-found", `the chart renders ${found.length} objects ${shown}, not one`);
    },
  };
}

/**
 * Registers a suite with the test runner: one test for each entry of `tests`.
 *
 * A test is a list of asserts, as in YAML, or a function that renders the chart and checks the result by any means.
 * Snapshots are written by `deno test -- -u`; with the variable `CI` a missing one fails.
 *
 * @example
 * ```ts ignore
 * import { suite } from "../../skeg/testing.ts";
 *
 * suite("service", { of: new URL("..", import.meta.url), templates: ["service.yaml"] }, {
 *   "has the port of the values": {
 *     set: { "service.port": 8080 },
 *     asserts: [{ equal: { path: "spec.ports[0].port", value: 8080 } }],
 *   },
 *   "is one object": async (render) => {
 *     if ((await render()).documents().length !== 1) throw new Error("more than one object");
 *   },
 * });
 * ```
 */
export function suite(
  name: string,
  options: SuiteOptions,
  tests: Readonly<Record<string, TestDefinition | ((render: RenderTest) => void | Promise<void>)>>,
): void {
  const { of, snapshots: _, ...settings } = options;
  const cache = new ChartCache();
  const asserting = Object.entries(tests).flatMap(([it, test]) => typeof test === "function" ? [] : [{ ...test, it }]);
  const file = snapshotFile(name, options);
  const data = { ...settings, suite: name, tests: asserting };
  for (const [it, test] of Object.entries(tests)) {
    if (typeof test === "function") {
      const renderWith: RenderTest = (own = {}) => render(of, together(settings, own));
      register(`${name}: ${it}`, false, async () => await test(renderWith));
      continue;
    }
    const skipped = test.skip !== undefined;
    register(`${name}: ${it}`, skipped, async () => {
      const chart = await chartAt(of);
      const made = suiteFrom(goData(data), { file: "", route: chart.metadata.name });
      const at = asserting.findIndex((each) => each.it === it);
      await runTest(chart, { ...made, jobs: made.jobs.slice(at, at + 1) }, file, (path) => valuesAt(of, path), cache);
    });
  }
}

async function runTest(
  chart: Chart,
  suite: Suite,
  file: string | undefined,
  valuesFile: (path: string) => string,
  cache: ChartCache,
): Promise<void> {
  const update = Deno.args.includes("-u") || Deno.args.includes("--update-snapshot");
  const ci = (Deno.env.get("CI") ?? "") !== "";
  const stored = file === undefined ? undefined : readSnapshots(file);
  const snapshots = new SnapshotFile(stored, { update, ci: ci || file === undefined });
  const { jobs: [result] } = await runSuite(chart, suite, {
    snapshots,
    cache,
    readValues: (path) => readTextFile(valuesFile(path)),
    schema: true,
  });
  const text = snapshots.result(true);
  if (text !== undefined && file !== undefined) writeWhole(file, text);
  if (result !== undefined && !result.passed) throw new Error(failureOf(result));
}

/** Returns what failed, as lines. */
function failureOf({ error, asserts }: JobResult): string {
  const lines = asserts.filter(({ passed }) => !passed).flatMap(({ index, not, type, lines, hints }) => [
    `asserts[${index}]${not ? " NOT" : ""} \`${type}\` fail`,
    ...lines.map((line) => `  ${line}`),
    ...hints.map((hint) => `  Note: ${hint}`),
  ]);
  return [...error === undefined ? [] : [error], ...lines].join("\n");
}

function together(shared: TestSettings, own: TestSettings): TestSettings {
  return {
    ...shared,
    ...own,
    values: [...shared.values ?? [], ...own.values ?? []],
    set: { ...shared.set, ...own.set },
    release: { ...shared.release, ...own.release },
    chart: { ...shared.chart, ...own.chart },
  };
}

function register(name: string, ignore: boolean, work: () => Promise<void>): void {
  Deno.test({ name, ignore, fn: work });
}

async function chartAt(place: TestedChart): Promise<Chart> {
  return typeof place === "string" || place instanceof URL ? await loadChart(folderOf(place)) : place;
}

function folderOf(place: string | URL): string {
  const path = place instanceof URL || place.startsWith("file:") ? fileURLToPath(place) : place;
  return path.length > 1 ? path.replace(/\/$/, "") : path;
}

function valuesAt(place: TestedChart, path: string): string {
  return typeof place === "string" || place instanceof URL ? resolve(folderOf(place), path) : path;
}

function snapshotFile(name: string, { of, snapshots }: SuiteOptions): string | undefined {
  if (snapshots !== undefined) return snapshots;
  if (typeof of !== "string" && !(of instanceof URL)) return undefined;
  return snapshotPath(join(folderOf(of), "tests", `${name.replace(/[^\w.-]+/g, "_")}.ts`), "");
}

/** Returns data as suites have it: whole numbers are `Int`. */
function goData(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? goInt(value, "int64") : value;
  if (Array.isArray(value)) return value.map(goData);
  if (typeof value !== "object" || value === null || value instanceof Int) return value;
  const map: GoMap = newMap();
  for (const [key, each] of Object.entries(value)) if (each !== undefined) map[key] = goData(each);
  return map;
}

/** Returns a document as plain data: `Int` becomes `number`, or `bigint` beyond 2^53. */
function plainData(value: unknown): unknown {
  if (value instanceof Int) {
    const number = Number(value.value);
    return Number.isSafeInteger(number) ? number : value.value;
  }
  if (Array.isArray(value)) return value.map(plainData);
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plainData(each)]));
}
