/**
 * What a cluster can do, as charts see it in `.Capabilities`.
 *
 * @module
 */

/** The API server's `/version` answer. */
export interface KubeVersion {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
  readonly buildDate: string;
  readonly goVersion: string;
  readonly compiler: string;
  readonly platform: string;
}

/** The engine's own version, as charts see it in `.Capabilities.TillerVersion`. */
export interface TillerVersion {
  readonly semVer: string;
  readonly gitCommit: string;
  readonly gitTreeState: string;
}

/** The version that this program stands in for; charts and scripts test it. */
export const TILLER_VERSION: TillerVersion = {
  semVer: "v2.17.0",
  gitCommit: "a690bad98af45b015bd3da1a41f6218b1a451dbe",
  gitTreeState: "clean",
};

/** The cluster's version and kinds. */
export interface Capabilities {
  readonly kubeVersion: KubeVersion;
  /** `v1`, `apps/v1` and `apps/v1/Deployment` alike. */
  readonly apiVersions: ReadonlySet<string>;
  readonly tillerVersion: TillerVersion;
}
