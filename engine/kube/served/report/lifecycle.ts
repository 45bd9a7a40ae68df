/**
 * Describes the lifecycle of an API version on a server: not served, deprecated, removed.
 *
 * @module
 */
import { currentVersion, lastServed, successorOf } from "../successor.ts";
import { entryOf, type Member, type ServedEntry, type VersionKind } from "../table.ts";
import { hasReached, isBefore, type Judge } from "./judge.ts";

/** A finding about an API version. */
export interface LifecycleFinding {
  /** `warning`: it cannot be used; `note`: it can be used now, but not after an upgrade of the cluster. */
  readonly level: "warning" | "note";
  /** Such as `extensions/v1beta1 is not served since Kubernetes 1.16; use apps/v1`. */
  readonly text: string;
}

/**
 * Returns the finding about an API version of a kind; `undefined` if there is none, and for kinds that the
 * table does not know.
 */
export function lifecycleFinding(apiVersion: string, kind: string, judge: Judge): LifecycleFinding | undefined {
  const entry = entryOf(apiVersion, kind);
  if (entry === undefined) return undefined;
  if (!judge.isServed(apiVersion, kind)) {
    return {
      level: "warning",
      text: withAdvice(`${apiVersion} ${absence(entry.member, judge)}`, instead(entry, judge)),
    };
  }
  const { deprecated, removed } = entry.member;
  if (deprecated === undefined || removed === undefined || !hasReached(judge, deprecated)) return undefined;
  const text = `${apiVersion} is deprecated since Kubernetes ${deprecated} and stops working in ${since(entry.member)}`;
  return { level: "note", text: withAdvice(text, afterwards(entry, judge)) };
}

/** Returns that a version is not served, and since or until when: `is not served since Kubernetes 1.16`. */
export function absence(member: Member, judge: Judge): string {
  if (isRemoved(member, judge)) return `is not served since Kubernetes ${since(member)}`;
  const { introduced } = member;
  if (judge.release === "" || isBefore(judge.release, introduced)) {
    return `is not served before Kubernetes ${introduced}`;
  }
  return "is not served by this server";
}

/** True if Kubernetes removed the version in or before the judge's release. */
export function isRemoved({ removed }: Member, judge: Judge): boolean {
  return removed !== undefined && hasReached(judge, removed);
}

/** Returns the release that removed a version, marked when it is not exact: `1.16`, `1.22 or near it`. */
export function since({ removed = "", exact }: Member): string {
  return exact === false ? `${removed} or near it` : removed;
}

/** Returns advice about the successor of a version that the server lacks; empty when there is none. */
export function instead({ family, member: { apiVersion, removed } }: ServedEntry, judge: Judge): string {
  const { kind, members } = family;
  const next = successorOf(apiVersion, kind, judge.isServed);
  if (typeof next === "object" && "apiVersion" in next) return `use ${nameOf(next, kind)}`;
  if (typeof next === "object" && "notServedYet" in next) {
    const { kind: today } = currentVersion({ apiVersion, kind }) ?? { kind };
    return `use ${nameOf({ apiVersion: next.notServedYet, kind: today }, kind)}`;
  }
  const served = members.find((member) => judge.isServed(member.apiVersion, kind));
  if (served !== undefined) return `use ${served.apiVersion}`;
  const last = lastServed(apiVersion, kind);
  if (next !== "none" || !hasReached(judge, last)) return "";
  return `Kubernetes has no ${kind} ${last === removed ? "any more" : `since ${last}`}`;
}

/** Returns advice about the successor of a version that is served and deprecated. */
function afterwards({ family, member }: ServedEntry, judge: Judge): string {
  const { kind, members } = family;
  const served = members.slice(0, members.indexOf(member)).find(({ apiVersion }) => judge.isServed(apiVersion, kind));
  const current = currentVersion({ apiVersion: member.apiVersion, kind });
  if (current === undefined) return served === undefined ? "it has no successor" : `use ${served.apiVersion}`;
  if (judge.isServed(current.apiVersion, current.kind)) return `use ${nameOf(current, kind)}`;
  const later = `${nameOf(current, kind)} from ${entryOf(current.apiVersion, current.kind)?.member.introduced} on`;
  return served === undefined ? `use ${later}` : `use ${served.apiVersion}, and ${later}`;
}

const nameOf = (next: VersionKind, kind: string): string =>
  next.kind === kind ? next.apiVersion : `${next.apiVersion} ${next.kind}`;

/** Joins a finding and its advice, if there is any. */
export function withAdvice(text: string, advice: string): string {
  return advice === "" ? text : `${text}; ${advice}`;
}
