/**
 * Versions of Kubernetes on the command line: values of `--kube-version`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { parseVersion } from "../../engine/lang/semver/mod.ts";
import { type Capabilities, defaultCapabilities, type KubeVersion } from "../../engine/model/mod.ts";

/** The value that means the current cluster. Helm does not have it. */
export const CLUSTER = "cluster";

/**
 * Returns `.Capabilities.KubeVersion` for a version such as `1.25`; patch and pre-release are ignored.
 *
 * Source: Helm 2.17.0, `pkg/renderutil/render.go`.
 *
 * @throws SkegError of kind `usage`, in Helm's words.
 */
export function kubeVersionOf(text: string): KubeVersion {
  try {
    const { major, minor } = parseVersion(text);
    const version = { major: `${major}`, minor: `${minor}`, gitVersion: `v${major}.${minor}.0` };
    return { ...defaultCapabilities().kubeVersion, ...version };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError("usage", `could not parse a kubernetes version: ${error.message}`, {
      cause: error,
      hint: `${JSON.stringify(text)} is not a version: write --kube-version 1.25.`,
    });
  }
}

/** Returns the capabilities for charts without a cluster: the defaults, with another version if one is given. */
export function capabilitiesOf(version: string): Capabilities {
  const base = defaultCapabilities();
  return version === "" ? base : { ...base, kubeVersion: kubeVersionOf(version) };
}

/** Checks the `--kube-version` of a dry run before anything is done. */
export function checkDryRunVersion(flags: { readonly "kube-version": string; readonly "dry-run": boolean }): void {
  const { "kube-version": version, "dry-run": dryRun } = flags;
  if (version === "") return;
  if (!dryRun) {
    throw new SkegError("usage", "--kube-version needs --dry-run", {
      hint: "Without --dry-run, objects are checked by the cluster itself.",
    });
  }
  kubeVersionOf(version);
}
