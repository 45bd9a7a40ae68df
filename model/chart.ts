/**
 * A Helm v2 chart as plain data.
 *
 * Source: Helm 2.17.0, `hapi/chart/*.proto`.
 *
 * @module
 */

/** One person of a chart's `maintainers`. */
export interface Maintainer {
  readonly name?: string;
  readonly email?: string;
  readonly url?: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** What Chart.yaml says. Absent and empty are the same, as in protobuf. */
export interface ChartMetadata {
  readonly name: string;
  readonly home?: string;
  readonly sources?: readonly string[];
  readonly version?: string;
  readonly description?: string;
  readonly keywords?: readonly string[];
  readonly maintainers?: readonly Maintainer[];
  readonly engine?: string;
  readonly icon?: string;
  readonly apiVersion?: string;
  readonly condition?: string;
  readonly tags?: string;
  readonly appVersion?: string;
  readonly deprecated?: boolean;
  readonly tillerVersion?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly kubeVersion?: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** A file inside a chart; `path` is relative to the chart's root, with `/`. */
export interface ChartFile {
  readonly path: string;
  readonly data: Uint8Array;
}

/** YAML text of values: a chart's `values.yaml`, or what the user gave. */
export interface Config {
  readonly raw: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** A chart with its subcharts: a tree; every subchart is a whole Chart. */
export interface Chart {
  readonly metadata: ChartMetadata;
  /** Everything under `templates/`, in load order. */
  readonly templates: readonly ChartFile[];
  /** Subcharts, by ascending folder or archive name. */
  readonly dependencies: readonly Chart[];
  /** `values.yaml`, or `undefined` when the chart has none (an empty file counts as none). */
  readonly values?: Config | undefined;
  /** All other files: README, requirements.yaml, anything for `.Files`. */
  readonly files: readonly ChartFile[];
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/**
 * What a template sees, and what users set: JSON-like data. Objects are made
 * with a `null` prototype (so any key is safe), numbers from YAML are
 * `number` (Go's float64). See `engine/golang/value.ts` for the other kinds.
 */
export type Values = Record<string, unknown>;
