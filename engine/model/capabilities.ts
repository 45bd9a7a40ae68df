/**
 * The capabilities of a cluster, as charts see them in `.Capabilities`.
 *
 * @module
 */

/** The API server's `/version` answer. */
export interface KubeVersion {
  /** Such as `1`. */
  readonly major: string;
  /** Such as `34`, or `14+`. */
  readonly minor: string;
  /** Such as `v1.34.4`. */
  readonly gitVersion: string;
  /** Commit it was built from. */
  readonly gitCommit: string;
  /** `clean` or `dirty`. */
  readonly gitTreeState: string;
  /** Such as `2019-12-01T10:11:12Z`. */
  readonly buildDate: string;
  /** Go it was built with. */
  readonly goVersion: string;
  /** Such as `gc`. */
  readonly compiler: string;
  /** Such as `linux/amd64`. */
  readonly platform: string;
}

/** The engine's own version, as charts see it in `.Capabilities.TillerVersion`. */
export interface TillerVersion {
  /** Such as `v2.17.0`. */
  readonly semVer: string;
  /** Commit it was built from. */
  readonly gitCommit: string;
  /** `clean` or `dirty`. */
  readonly gitTreeState: string;
}

/** The version of Tiller that this program replaces; charts and scripts test it. */
export const TILLER_VERSION: TillerVersion = {
  semVer: "v2.17.0",
  gitCommit: "a690bad98af45b015bd3da1a41f6218b1a451dbe",
  gitTreeState: "clean",
};

/** The cluster's version and kinds. */
export interface Capabilities {
  /** Of the API server. */
  readonly kubeVersion: KubeVersion;
  /** `v1`, `apps/v1` and `apps/v1/Deployment` alike. */
  readonly apiVersions: ReadonlySet<string>;
  /** Of the engine. */
  readonly tillerVersion: TillerVersion;
}
