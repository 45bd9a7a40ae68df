/**
 * The server, or release of Kubernetes, that objects are checked against.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import type { IsServed } from "../successor.ts";
import { entryOf } from "../table.ts";

/**
 * The server that rendered objects are checked against.
 *
 * - `{ kubeVersion }`: a release of Kubernetes, such as `1.25` or `v1.25.3-gke.1`. The table has its API
 * versions; alpha versions count as served while they existed.
 * - `{ isServed }`: a server, by its discovery. With its `kubeVersion`, findings that depend on the release
 * alone (annotations, volumes) are left out if the server is too old for them.
 */
export type ReportServer =
  | { readonly isServed: IsServed; readonly kubeVersion?: string | undefined }
  | { readonly isServed?: undefined; readonly kubeVersion: string };

/**
 * The release that Helm 2 renders for by default. Charts that use `*`, or a group version without a kind, do
 * not mean APIs that were removed by then.
 */
const HELM_RELEASE = "1.14";

/** A server, ready for checks. */
export interface Judge {
  /** Returns true if an API version of a kind can be used. */
  readonly isServed: IsServed;
  /** Such as `1.25`; empty when it is not known. */
  readonly release: string;
}

/**
 * Returns the judge for a server.
 *
 * @throws SkegError of kind `usage` when `kubeVersion` is not a version of Kubernetes.
 */
export function judgeOf({ isServed, kubeVersion = "" }: ReportServer): Judge {
  const release = /^v?(\d+\.\d+)(?![\d])/.exec(kubeVersion)?.[1] ?? "";
  if (release === "" && (isServed === undefined || kubeVersion !== "")) {
    throw new SkegError("usage", `${JSON.stringify(kubeVersion)} is not a version of Kubernetes`, {
      hint: "Write it as 1.25.",
    });
  }
  return { isServed: isServed ?? servedIn(release), release };
}

/** Returns the API versions of a release by the table; other kinds count as not served. */
function servedIn(release: string): IsServed {
  return (apiVersion, kind) => {
    const member = entryOf(apiVersion, kind)?.member;
    if (member === undefined || isBefore(release, member.introduced)) return false;
    return member.removed === undefined || isBefore(release, member.removed);
  };
}

/** True if the judge's release is `release` or later, or unknown. */
export function hasReached(judge: Judge, release: string): boolean {
  return judge.release === "" || !isBefore(judge.release, release);
}

/** True for a version that was removed in or before Helm 2's default release. */
export function isAncient({ removed }: { readonly removed?: string }): boolean {
  return removed !== undefined && !isBefore(HELM_RELEASE, removed);
}

/** Compares releases such as `1.9` and `1.16`. */
export function isBefore(release: string, other: string): boolean {
  return rank(release) < rank(other);
}

function rank(release: string): number {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  return major * 1000 + minor;
}
