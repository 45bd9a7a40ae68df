/**
 * A Helm v2 chart as plain data.
 *
 * Source: Helm 2.17.0, `hapi/chart/*.proto`.
 *
 * @module
 */

/** One person of a chart's `maintainers`. */
export interface Maintainer {
  /** The person's name. */
  readonly name?: string;
  /** An e-mail address. */
  readonly email?: string;
  /** A page about the person. */
  readonly url?: string;
  /** True for an entry of Chart.yaml that is null: a nil pointer in Go, which is kept where a Chart.yaml is written anew. */
  readonly isNull?: boolean;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** Fields of Chart.yaml. Absent and empty are the same, as in protobuf. */
export interface ChartMetadata {
  /** The chart's name; never its folder's. */
  readonly name: string;
  /** Address of the project's page. */
  readonly home?: string;
  /** Addresses of the source. */
  readonly sources?: readonly string[];
  /** The chart's own version, SemVer 2. */
  readonly version?: string;
  /** One sentence. */
  readonly description?: string;
  /** Words to find it by. */
  readonly keywords?: readonly string[];
  /** People who maintain the chart. */
  readonly maintainers?: readonly Maintainer[];
  /** The template engine; `gotpl` when absent. */
  readonly engine?: string;
  /** Address of a picture. */
  readonly icon?: string;
  /** Version of the chart format: `v1`. */
  readonly apiVersion?: string;
  /** No effect here; conditions belong in requirements.yaml. */
  readonly condition?: string;
  /** No effect here; tags belong in requirements.yaml. */
  readonly tags?: string;
  /** Version of what the chart installs; any text. */
  readonly appVersion?: string;
  /** True if the chart should no longer be used. */
  readonly deprecated?: boolean;
  /** Range of versions of this program. */
  readonly tillerVersion?: string;
  /** Anything, for other programs. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Range of versions of Kubernetes. */
  readonly kubeVersion?: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** A file inside a chart; `path` is relative to the chart's root, with `/`. */
export interface ChartFile {
  /** Such as `templates/service.yaml`. */
  readonly path: string;
  /** The content as it is. */
  readonly data: Uint8Array;
}

/** YAML text of values: a chart's `values.yaml`, or the user's. */
export interface Config {
  /** The text, comments and all. */
  readonly raw: string;
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/** A chart with its subcharts: a tree; every subchart is a whole Chart. */
export interface Chart {
  /** Fields of Chart.yaml. */
  readonly metadata: ChartMetadata;
  /** Everything under `templates/`, in load order. */
  readonly templates: readonly ChartFile[];
  /** Subcharts, by ascending folder or archive name. */
  readonly dependencies: readonly Chart[];
  /** `values.yaml`, or `undefined` when the chart has none; the text of an empty file is empty. */
  readonly values?: Config | undefined;
  /** All other files: README, requirements.yaml, anything for `.Files`. */
  readonly files: readonly ChartFile[];
  /** Wire bytes of fields this version does not know; kept on rewrite. */
  readonly unknown?: Uint8Array;
}

/**
 * Values that a template sees or a user sets: JSON-like data. Objects are made with a `null` prototype (so
 * any key is safe), numbers from YAML are `number` (Go's float64). See `engine/lang/golang/value.ts` for the
 * other kinds.
 */
export type Values = Record<string, unknown>;
