/** Releases for tests. */
import type { Info, Release, StatusCode } from "../../engine/model/mod.ts";

/** The fields of a release that a test sets; the others get defaults. */
export interface ReleaseSketch extends Partial<Omit<Release, "info">> {
  readonly status?: StatusCode;
  readonly info?: Partial<Info>;
}

/** Returns a small but complete release. */
export function someRelease(sketch: ReleaseSketch = {}): Release {
  const { status = "DEPLOYED", info = {}, ...rest } = sketch;
  return {
    name: "web",
    namespace: "default",
    revision: 1,
    chart: {
      metadata: { name: "site", version: "0.1.0" },
      templates: [{ path: "templates/a.yaml", data: new TextEncoder().encode("kind: ConfigMap\n") }],
      dependencies: [],
      files: [],
    },
    config: { raw: "{}\n" },
    manifest: "\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}",
    hooks: [],
    ...rest,
    info: {
      status: { code: status, resources: "", notes: "" },
      firstDeployed: { seconds: 1_000_000, nanos: 5 },
      lastDeployed: { seconds: 1_000_000, nanos: 5 },
      description: "Install complete",
      ...info,
    },
  };
}
