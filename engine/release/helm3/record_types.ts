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
  readonly name?: string | undefined;
  readonly email?: string | undefined;
  readonly url?: string | undefined;
}

/** An entry of `dependencies`, in Chart.yaml or in a lock. */
export interface Helm3Dependency {
  readonly name: string;
  readonly version?: string | undefined;
  readonly repository: string;
  readonly condition?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly enabled?: boolean | undefined;
  readonly "import-values"?: readonly unknown[] | undefined;
  readonly alias?: string | undefined;
}

/** Fields of Chart.yaml; empty ones are absent. */
export interface Helm3Metadata {
  readonly name?: string | undefined;
  readonly home?: string | undefined;
  readonly sources?: readonly string[] | undefined;
  readonly version?: string | undefined;
  readonly description?: string | undefined;
  readonly keywords?: readonly string[] | undefined;
  readonly maintainers?: readonly Helm3Maintainer[] | undefined;
  readonly icon?: string | undefined;
  readonly apiVersion?: string | undefined;
  readonly condition?: string | undefined;
  readonly tags?: string | undefined;
  readonly appVersion?: string | undefined;
  readonly deprecated?: boolean | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
  readonly kubeVersion?: string | undefined;
  readonly dependencies?: readonly Helm3Dependency[] | undefined;
  readonly type?: string | undefined;
}

/** A file of a chart; `data` is base64. */
export interface Helm3File {
  readonly name: string;
  readonly data: string;
}

/** The lock of a chart. */
export interface Helm3Lock {
  /** RFC 3339. */
  readonly generated: string;
  readonly digest: string;
  readonly dependencies: readonly Helm3Dependency[] | null;
}

/** A chart in a record. Subcharts are never stored. */
export interface Helm3Chart {
  readonly metadata: Helm3Metadata | null;
  readonly lock: Helm3Lock | null;
  readonly templates: readonly Helm3File[] | null;
  readonly values: Helm3Values | null;
  /** Base64; null when the chart has no schema. */
  readonly schema: string | null;
  readonly files: readonly Helm3File[] | null;
}

/** The last run of a hook; the times are RFC 3339, or empty. */
export interface Helm3HookRun {
  readonly started_at: string;
  readonly completed_at: string;
  /** `Unknown`, `Running`, `Succeeded`, `Failed`, or empty. */
  readonly phase: string;
}

/** A hook in a record. */
export interface Helm3Hook {
  readonly name?: string | undefined;
  readonly kind?: string | undefined;
  readonly path?: string | undefined;
  readonly manifest?: string | undefined;
  readonly events?: readonly string[] | undefined;
  readonly last_run: Helm3HookRun;
  readonly weight?: number | undefined;
  readonly delete_policies?: readonly string[] | undefined;
}

/** Times, status and notes of a record; the times are RFC 3339, or empty. */
export interface Helm3Info {
  readonly first_deployed: string;
  readonly last_deployed: string;
  readonly deleted: string;
  readonly description?: string | undefined;
  readonly status?: Helm3Status | undefined;
  readonly notes?: string | undefined;
}

/** One revision of a release, as Helm 3 records it. Absent fields are those that Helm 3 leaves out when they are empty. */
export interface Helm3Release {
  readonly name?: string | undefined;
  readonly info?: Helm3Info | undefined;
  readonly chart?: Helm3Chart | undefined;
  readonly config?: Helm3Values | undefined;
  readonly manifest?: string | undefined;
  readonly hooks?: readonly Helm3Hook[] | undefined;
  /** The revision. */
  readonly version?: number | undefined;
  readonly namespace?: string | undefined;
}
