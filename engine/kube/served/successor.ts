/**
 * Finds the successor of an API version that the server does not have.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { entryOf, type Family, type Member, targetOf, type VersionKind } from "./table.ts";

/** Returns true if the server has an API version of a kind, by discovery, never by the server's version number. */
export type IsServed = (apiVersion: string, kind: string) => boolean;

/**
 * The successor of an API version that is not served.
 *
 * - `{ apiVersion, kind }`: the version to use. It is the given one if that is served. `kind` differs only
 * for ScheduledJob, which became CronJob.
 * - `{ notConverted }`: there is no conversion rule; holds the version to use in the chart.
 * - `{ notServedYet }`: the server is older than the version or its successor; holds the newest version that it has.
 * - `"none"`: Kubernetes removed the API without a successor.
 * - `"unknown"`: the table does not know the kind, or the server has none of its versions.
 */
export type Successor =
  | VersionKind
  | { readonly notConverted: string }
  | { readonly notServedYet: string }
  | "none"
  | "unknown";

/**
 * Follows the table until a version is served.
 *
 * @param apiVersion Such as `extensions/v1beta1`.
 * @param kind Such as `Ingress`.
 */
export function successorOf(apiVersion: string, kind: string, isServed: IsServed): Successor {
  let step: VersionKind = { apiVersion, kind };
  for (;;) {
    if (isServed(step.apiVersion, step.kind)) return step;
    const entry = entryOf(step.apiVersion, step.kind);
    if (entry?.conversion === undefined) break;
    const next = targetOf(entry.conversion, step.kind);
    if (next === undefined) return "none";
    if (entry.conversion.level === "none") return { notConverted: next.apiVersion };
    step = next;
  }
  const family = entryOf(step.apiVersion, step.kind)?.family;
  const served = family && servedMember(family, isServed);
  return served === undefined ? "unknown" : { notServedYet: served.apiVersion };
}

function servedMember(family: Family, isServed: IsServed): Member | undefined {
  return family.members.find(({ apiVersion }) => isServed(apiVersion, family.kind));
}

/** True if the table has this API version of this kind, removed or not. */
export function isKnownKind(apiVersion: string, kind: string): boolean {
  return entryOf(apiVersion, kind) !== undefined;
}

/**
 * Returns the object under a version that the server has, for reading and deleting: only `apiVersion` is
 * replaced (and `kind` where ScheduledJob became CronJob), without changing its structure.
 *
 * Any served version of the kind works, as all are views of one stored object. Returns the same object when
 * its version is served, and `undefined` when no stored object can be reached: there is no successor, or the
 * kind was never one object in two versions.
 */
export function mapIdentity(object: KubeObject, isServed: IsServed): KubeObject | undefined {
  const { apiVersion = "", kind = "" } = object;
  if (isServed(apiVersion, kind)) return object;
  const entry = entryOf(apiVersion, kind);
  if (entry === undefined || !entry.family.sameObject) return undefined;
  const next = successorOf(apiVersion, kind, isServed);
  if (next === "none" || next === "unknown") return undefined;
  if ("apiVersion" in next) return { ...object, apiVersion: next.apiVersion, kind: next.kind };
  const member = servedMember(entry.family, isServed);
  return member && { ...object, apiVersion: member.apiVersion };
}

/**
 * True if two API versions of kinds are views of one stored object: `extensions/v1beta1` and `apps/v1` of Deployment.
 *
 * Never for kinds that were not carried over, such as PetSet and StatefulSet, and never for kinds that the table does not
 * know, unless both are the same.
 */
export function isOneObject(a: VersionKind, b: VersionKind): boolean {
  if (a.apiVersion === b.apiVersion && a.kind === b.kind) return true;
  const [one, other] = [familyOf(a), familyOf(b)];
  return one !== undefined && one === other;
}

/** Returns the family that a version's objects belong to today: ScheduledJob became CronJob. */
function familyOf({ apiVersion, kind }: VersionKind): Family | undefined {
  const end = currentVersion({ apiVersion, kind });
  const family = entryOf(apiVersion, kind)?.family;
  if (family === undefined || !family.sameObject) return undefined;
  return end === undefined || end.kind === kind ? family : entryOf(end.apiVersion, end.kind)?.family;
}

/** Facts about the end of an API version. */
export interface RemovedIn {
  /** First release of Kubernetes that does not serve it, such as `1.16`. */
  readonly removed?: string;
  /** False when `removed` is a bound or an announcement. */
  readonly exact: boolean;
  /** The version to use instead; absent when there is none. */
  readonly use?: string;
  /** First release that deprecated it. */
  readonly deprecated?: string;
}

/** Returns when an API version ended or will end; `undefined` for a kind that the table does not know. */
export function removedIn(apiVersion: string, kind: string): RemovedIn | undefined {
  const entry = entryOf(apiVersion, kind);
  if (entry === undefined) return undefined;
  const { removed, deprecated, exact = true } = entry.member;
  const use = currentVersion({ apiVersion, kind });
  return {
    exact,
    ...(removed === undefined ? {} : { removed }),
    ...(deprecated === undefined ? {} : { deprecated }),
    ...(use === undefined || use.apiVersion === apiVersion ? {} : { use: use.apiVersion }),
  };
}

/** Follows the table to its end; `undefined` when there is no successor. */
export function currentVersion(start: VersionKind): VersionKind | undefined {
  for (let step: VersionKind | undefined = start; step !== undefined;) {
    const conversion = entryOf(step.apiVersion, step.kind)?.conversion;
    if (conversion === undefined) return step;
    step = targetOf(conversion, step.kind);
  }
  return undefined;
}

/**
 * Describes that an API version is not served, and its successor: `extensions/v1beta1 is not served since
 * Kubernetes 1.16; apps/v1 is`.
 *
 * For a kind that the table does not know: `example.com/v1 is not served`.
 */
export function describeRemoved(apiVersion: string, kind: string, isServed: IsServed): string {
  const gone = `${apiVersion} is not served${sinceOf(apiVersion, kind)}`;
  const next = successorOf(apiVersion, kind, isServed);
  if (next === "unknown") return gone;
  if (next === "none") return `${gone}; ${endOf(apiVersion, kind)}`;
  if ("notConverted" in next) return `${gone}; use ${next.notConverted}`;
  if ("notServedYet" in next) return `${gone}; ${next.notServedYet} is`;
  return `${gone}; ${next.apiVersion}${next.kind === kind ? "" : ` ${next.kind}`} is`;
}

/**
 * Returns ` since Kubernetes 1.16`; for a version that was never removed, ` before` its first release. Empty
 * for an unknown kind.
 */
function sinceOf(apiVersion: string, kind: string): string {
  const member = entryOf(apiVersion, kind)?.member;
  if (member === undefined) return "";
  if (member.removed === undefined) return ` before Kubernetes ${member.introduced}`;
  return ` since Kubernetes ${member.removed}${member.exact === false ? " or near it" : ""}`;
}

/** Describes the end of a kind without successor; the given version may have ended earlier. */
function endOf(apiVersion: string, kind: string): string {
  const last = lastServed(apiVersion, kind);
  const isLater = compareReleases(entryOf(apiVersion, kind)?.member.removed ?? "", last) < 0;
  return isLater ? `Kubernetes has no ${kind} since ${last}` : "there is no successor";
}

/** Returns the release that removed the last version of a kind without successor. */
export function lastServed(apiVersion: string, kind: string): string {
  const family = entryOf(apiVersion, kind)?.family;
  let last = "";
  for (const { removed = "" } of family?.members ?? []) if (compareReleases(removed, last) > 0) last = removed;
  return last;
}

/** Compares releases of Kubernetes such as `1.9` and `1.16`; empty ones come first. */
export function compareReleases(a: string, b: string): number {
  const minor = (release: string) => release === "" ? -1 : Number(release.split(".")[1]);
  return minor(a) - minor(b);
}
