/**
 * A release as Helm 3 and 4 record it: the JSON in their Secrets, ConfigMaps and database rows.
 *
 * Source: Helm 3.22.0, `pkg/release`, `pkg/chart`.
 *
 * @module
 */

/** Statuses that Helm 3 stores. */
export type Helm3Status =
  | "unknown"
  | "deployed"
  | "uninstalled"
  | "superseded"
  | "failed"
  | "uninstalling"
  | "pending-install"
  | "pending-upgrade"
  | "pending-rollback";

/** Values, as JSON holds them. */
export type Helm3Values = { readonly [key: string]: unknown };

/** A person in Chart.yaml. */
export interface Helm3Maintainer {
  /** Its name. */
  readonly name?: string | undefined;
  /** An e-mail address. */
  readonly email?: string | undefined;
  /** A page about the person. */
  readonly url?: string | undefined;
}

/** An entry of `dependencies`, in Chart.yaml or in a lock. */
export interface Helm3Dependency {
  /** Its name. */
  readonly name: string;
  /** Its version, or a range. */
  readonly version?: string | undefined;
  /** Address of the repository; empty when it is kept in `charts/`. */
  readonly repository: string;
  /** Comma-separated paths of values. */
  readonly condition?: string | undefined;
  /** Keys in the table `tags` of the values. */
  readonly tags?: readonly string[] | undefined;
  /** True in records: only enabled ones are kept. */
  readonly enabled?: boolean | undefined;
  /** Maps with `child` and `parent`. */
  readonly "import-values"?: readonly unknown[] | undefined;
  /** The name that replaces the chart's own. */
  readonly alias?: string | undefined;
}

/** Fields of Chart.yaml; empty ones are absent. */
export interface Helm3Metadata {
  /** Its name. */
  readonly name?: string | undefined;
  /** Address of the project's page. */
  readonly home?: string | undefined;
  /** Addresses of the source. */
  readonly sources?: readonly string[] | undefined;
  /** Its version, or a range. */
  readonly version?: string | undefined;
  /** One sentence. */
  readonly description?: string | undefined;
  /** Words to find it by. */
  readonly keywords?: readonly string[] | undefined;
  /** People who maintain the chart. */
  readonly maintainers?: readonly Helm3Maintainer[] | undefined;
  /** Address of a picture. */
  readonly icon?: string | undefined;
  /** `v1`, or `v2` for charts of Helm 3. */
  readonly apiVersion?: string | undefined;
  /** Comma-separated paths of values. */
  readonly condition?: string | undefined;
  /** Keys in the table `tags` of the values. */
  readonly tags?: string | undefined;
  /** Version of what the chart installs. */
  readonly appVersion?: string | undefined;
  /** True if the chart should no longer be used. */
  readonly deprecated?: boolean | undefined;
  /** Anything, for other programs. */
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  /** Range of versions of Kubernetes. */
  readonly kubeVersion?: string | undefined;
  /** Charts that it depends on. */
  readonly dependencies?: readonly Helm3Dependency[] | undefined;
  /** `application` or `library`; absent for v1 charts. */
  readonly type?: string | undefined;
}

/** A file of a chart; `data` is base64. */
export interface Helm3File {
  /** Its name. */
  readonly name: string;
  /** The content, in base64. */
  readonly data: string;
}

/** The lock of a chart. */
export interface Helm3Lock {
  /** RFC 3339. */
  readonly generated: string;
  /** Digest of the list that it was made from. */
  readonly digest: string;
  /** Charts that it depends on. */
  readonly dependencies: readonly Helm3Dependency[] | null;
}

/** A chart in a record. Subcharts are never stored. */
export interface Helm3Chart {
  /** Fields of Chart.yaml. */
  readonly metadata: Helm3Metadata | null;
  /** Null when the chart has none. */
  readonly lock: Helm3Lock | null;
  /** Null when there are none. */
  readonly templates: readonly Helm3File[] | null;
  /** The chart's defaults, with those of its subcharts. */
  readonly values: Helm3Values | null;
  /** Base64; null when the chart has no schema. */
  readonly schema: string | null;
  /** Other files; null when there are none. */
  readonly files: readonly Helm3File[] | null;
}

/** The last run of a hook; the times are RFC 3339, or empty. */
export interface Helm3HookRun {
  /** When it began. */
  readonly started_at: string;
  /** When it ended. */
  readonly completed_at: string;
  /** `Unknown`, `Running`, `Succeeded`, `Failed`, or empty. */
  readonly phase: string;
}

/** A hook in a record. */
export interface Helm3Hook {
  /** Its name. */
  readonly name?: string | undefined;
  /** `kind` of the document. */
  readonly kind?: string | undefined;
  /** Full template path. */
  readonly path?: string | undefined;
  /** The documents, as text. */
  readonly manifest?: string | undefined;
  /** When it runs, such as `pre-install` or `test`. */
  readonly events?: readonly string[] | undefined;
  /** Its last run. */
  readonly last_run: Helm3HookRun;
  /** Lower runs first. */
  readonly weight?: number | undefined;
  /** When its object is deleted. */
  readonly delete_policies?: readonly string[] | undefined;
}

/** Times, status and notes of a record; the times are RFC 3339, or empty. */
export interface Helm3Info {
  /** When revision 1 was made. */
  readonly first_deployed: string;
  /** When this revision was made. */
  readonly last_deployed: string;
  /** When it was uninstalled. */
  readonly deleted: string;
  /** One sentence. */
  readonly description?: string | undefined;
  /** The status. */
  readonly status?: Helm3Status | undefined;
  /** Rendered NOTES.txt. */
  readonly notes?: string | undefined;
}

/** One revision of a release, as Helm 3 records it. Absent fields are those that Helm 3 leaves out when they are empty. */
export interface Helm3Release {
  /** Its name. */
  readonly name?: string | undefined;
  /** Times, status and notes. */
  readonly info?: Helm3Info | undefined;
  /** The chart. */
  readonly chart?: Helm3Chart | undefined;
  /** The values that the user gave. */
  readonly config?: Helm3Values | undefined;
  /** The documents, as text. */
  readonly manifest?: string | undefined;
  /** Documents that are hooks. */
  readonly hooks?: readonly Helm3Hook[] | undefined;
  /** The revision. */
  readonly version?: number | undefined;
  /** Namespace of the release. */
  readonly namespace?: string | undefined;
}
