/**
 * What findings are judged by: a server, or a release of Kubernetes.
 *
 * @module
 */
import { SkegError } from "../../../../errors.ts";
import type { IsServed } from "../successor.ts";
import { entryOf } from "../table.ts";

/**
 * What rendered objects are judged by.
 *
 * - `{ kubeVersion }`: a release of Kubernetes, such as `1.25` or `v1.25.3-gke.1`. The table says what it serves; alpha
 *   versions count as served while they existed.
 * - `{ isServed }`: a server, by what its discovery lists. With its `kubeVersion`, findings that depend on the release
 *   alone (annotations, volumes) are left out where it is too old for them.
 */
export type ReportServer =
  | { readonly isServed: IsServed; readonly kubeVersion?: string | undefined }
  | { readonly isServed?: undefined; readonly kubeVersion: string };

/**
 * The release that Helm 2 renders for when it is not told another. What was gone by then is not what a chart means by
 * `*`, or by a group version without a kind.
 */
const HELM_RELEASE = "1.14";

/** The same, ready to be asked. */
export interface Judge {
  /** True when an API version of a kind can be used. */
  readonly isServed: IsServed;
  /** Such as `1.25`; empty when it is not known. */
  readonly release: string;
}

/**
 * Returns the judge for a server.
 *
 * @throws SkegError of kind `usage` when `kubeVersion` is no version of Kubernetes.
 */
export function judgeOf({ isServed, kubeVersion = "" }: ReportServer): Judge {
  const release = /^v?(\d+\.\d+)(?![\d])/.exec(kubeVersion)?.[1] ?? "";
  if (release === "" && (isServed === undefined || kubeVersion !== "")) {
    throw new SkegError("usage", `${JSON.stringify(kubeVersion)} is no version of Kubernetes`, {
      hint: "Write it as 1.25.",
    });
  }
  return { isServed: isServed ?? servedIn(release), release };
}

/** What the table says a release serves; only kinds of the table are known. */
function servedIn(release: string): IsServed {
  return (apiVersion, kind) => {
    const member = entryOf(apiVersion, kind)?.member;
    if (member === undefined || isBefore(release, member.introduced)) return false;
    return member.removed === undefined || isBefore(release, member.removed);
  };
}

/** True when the judge's release is `release` or a later one, and when it is not known. */
export function hasReached(judge: Judge, release: string): boolean {
  return judge.release === "" || !isBefore(judge.release, release);
}

/** True for what was removed before charts of Helm 2 could count on it. */
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
