/**
 * The nouns of chart tests: suites, jobs, asserts and their results.
 *
 * @module
 */

/** One key of `set`: a path and its value. */
export interface SetEntry {
  /** In the form of `--set`, such as `image.tag` or `ports[0].[a.b]`. */
  readonly path: string;
  /** Any value; integers are `Int`. */
  readonly value: unknown;
}

/** `release` of a suite or job; absent fields have the defaults. */
export interface ReleaseSettings {
  /** `.Release.Name`. */
  readonly name?: string | undefined;
  /** `.Release.Namespace`. */
  readonly namespace?: string | undefined;
  /** `.Release.Revision`. */
  readonly revision?: number | undefined;
  /** True for an upgrade, false for an installation. */
  readonly upgrade?: boolean | undefined;
}

/** `capabilities` of a suite or job. */
export interface CapabilitySettings {
  /** Major version of Kubernetes. */
  readonly majorVersion?: string | undefined;
  /** Minor version of Kubernetes. */
  readonly minorVersion?: string | undefined;
  /** API versions; `null` in a job drops those of the suite. */
  readonly apiVersions?: readonly string[] | null | undefined;
}

/** `chart` of a suite or job: replaces fields of Chart.yaml. */
export interface ChartSettings {
  /** The chart's version. */
  readonly version?: string | undefined;
  /** The version of what the chart installs. */
  readonly appVersion?: string | undefined;
}

/** `postRenderer`: a program that changes the rendered text. */
export interface PostRenderer {
  /** The program. */
  readonly cmd: string;
  /** Its arguments. */
  readonly args: readonly string[];
}

/** `documentSelector`: selects documents by the value at a path. */
export interface DocumentSelector {
  /** A JSONPath. */
  readonly path: string;
  /** The wanted value; `null`: any. */
  readonly value: unknown;
  /** True if several documents may match. */
  readonly matchMany: boolean;
  /** True if templates without a match are left out instead of failing. */
  readonly skipEmptyTemplates: boolean;
}

/** One assert of a job. */
export interface Assert {
  /** Its name, such as `equal`. */
  readonly type: string;
  /** Its parameters, by name in lower case. */
  readonly params: Readonly<Record<string, unknown>>;
  /** True if `not: true` is given. */
  readonly not: boolean;
  /** The template that it looks at; empty: those of the job. */
  readonly template: string;
  /** Position of the document; -1: all. */
  readonly documentIndex: number;
  /** Its own selector. */
  readonly documentSelector: DocumentSelector | undefined;
}

/** One test: values, and asserts on what they render. */
export interface Job {
  /** `it`. */
  readonly name: string;
  /** Values files, relative to the suite. */
  readonly values: readonly string[];
  /** Values, in file order. */
  readonly set: readonly SetEntry[];
  /** The template that its asserts look at; empty: see `templates`. */
  readonly template: string;
  /** The templates that its asserts look at; empty: those of the suite. */
  readonly templates: readonly string[];
  /** Overrides the asserts' positions. */
  readonly documentIndex: number | undefined;
  /** For asserts without one. */
  readonly documentSelector: DocumentSelector | undefined;
  /** `release`. */
  readonly release: ReleaseSettings;
  /** `capabilities`. */
  readonly capabilities: CapabilitySettings;
  /** `chart`. */
  readonly chart: ChartSettings;
  /** Reason to skip it; empty: it runs. */
  readonly skip: string;
  /** `postRenderer`. */
  readonly postRenderer: PostRenderer | undefined;
  /** The asserts; never empty. */
  readonly asserts: readonly Assert[];
}

/** One suite: a YAML document of a suite file. */
export interface Suite {
  /** `suite`. */
  readonly name: string;
  /** Path of its file, as results show it. */
  readonly file: string;
  /** The chart that it belongs to, such as `web` or `web/charts/db`. */
  readonly route: string;
  /** Values files, relative to the suite. */
  readonly values: readonly string[];
  /** Values, in file order. */
  readonly set: readonly SetEntry[];
  /** Patterns of the templates that are rendered; empty: all. */
  readonly templates: readonly string[];
  /** Patterns of templates that are not rendered. */
  readonly excludeTemplates: readonly string[];
  /** `release`. */
  readonly release: ReleaseSettings;
  /** `capabilities`. */
  readonly capabilities: CapabilitySettings;
  /** `chart`. */
  readonly chart: ChartSettings;
  /** True if files of `crds/` are documents too. */
  readonly includeCrds: boolean;
  /** Reason to skip it; empty: it runs. */
  readonly skip: string;
  /** Ending of the snapshot file's name. */
  readonly snapshotId: string;
  /** `postRenderer`. */
  readonly postRenderer: PostRenderer | undefined;
  /** The tests; never empty. */
  readonly jobs: readonly Job[];
}

/** The result of one assert. */
export interface AssertResult {
  /** Its position in the job. */
  readonly index: number;
  /** Its name. */
  readonly type: string;
  /** True if `not: true` is given. */
  readonly not: boolean;
  /** True if it passed. */
  readonly passed: boolean;
  /** Lines that explain a failure. */
  readonly lines: readonly string[];
  /** Notes of ours that help with a failure, such as an old meaning of the assert. */
  readonly hints: readonly string[];
}

/** The result of one test. */
export interface JobResult {
  /** `it`. */
  readonly name: string;
  /** Its position in the suite. */
  readonly index: number;
  /** True if it passed. */
  readonly passed: boolean;
  /** True if it was skipped. */
  readonly skipped: boolean;
  /** Why it could not run. */
  readonly error?: string | undefined;
  /** Results of its asserts. */
  readonly asserts: readonly AssertResult[];
  /** Notes, such as overlapping keys of `set`. */
  readonly notes: readonly string[];
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
}

/** Numbers of snapshots. */
export interface SnapshotCounts {
  /** Compared. */
  readonly total: number;
  /** Different. */
  readonly failed: number;
  /** New. */
  readonly created: number;
  /** Stored, and no longer used. */
  readonly vanished: number;
}

/** The result of one suite. */
export interface SuiteResult {
  /** `suite`. */
  readonly name: string;
  /** Path of its file. */
  readonly file: string;
  /** True if all its tests passed. */
  readonly passed: boolean;
  /** True if all its tests were skipped. */
  readonly skipped: boolean;
  /** Why it could not run. */
  readonly error?: string | undefined;
  /** Results of its tests; shorter than the suite when it stopped at a failure. */
  readonly jobs: readonly JobResult[];
  /** Its snapshots. */
  readonly snapshots: SnapshotCounts;
}
