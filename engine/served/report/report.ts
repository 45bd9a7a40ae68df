/**
 * Reports of API versions that are gone, for lint, dry runs and doctor.
 *
 * @module
 */
import type { KubeObject } from "../../../model/mod.ts";
import { nameOf } from "../error.ts";
import { compareReleases, describeRemoved, isKnownKind, type IsServed } from "../successor.ts";
import { entryOf } from "../table.ts";
import { lostMeaning } from "./lost_meaning.ts";
import { references } from "./references.ts";
import { idleRules } from "./rules.ts";

/** Something that a person should know about an object. */
export interface ServedFinding {
  /** `warning`: the object cannot be sent to the server. `note`: a part of it has no effect, or will not work later. */
  readonly level: "warning" | "note";
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The file that it comes from, as the caller gave it. */
  readonly source?: string;
  /** What was found: a sentence without its subject, the object. */
  readonly text: string;
}

/** An object, and the file that it comes from. */
export interface ReportedObject {
  /** One object; lists are expanded by the caller. */
  readonly object: KubeObject;
  /** Such as `web/templates/web.yaml`. */
  readonly source?: string | undefined;
}

/**
 * What objects are judged by: what a server has, a release of Kubernetes such as `1.25` or `v1.25.3`, or both.
 *
 * With `isServed`, that alone decides what is gone. Without `kubeVersion`, everything that lost its meaning is told.
 */
export type ReportServer =
  | { readonly isServed: IsServed; readonly kubeVersion?: string | undefined }
  | { readonly kubeVersion: string };

/**
 * Returns what is gone, what will be, and what lost its meaning, in the order of the objects.
 *
 * Looks at API versions, at references to other objects, at rules of roles and webhooks, and at annotations and volumes
 * of pods. Command lines and texts are not looked at.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { reportObjects } from "../mod.ts";
 *
 * const object = { apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy", metadata: { name: "web" } };
 * deepEqual(reportObjects([{ object }], { kubeVersion: "1.25" }), [{
 *   level: "warning",
 *   object: 'PodSecurityPolicy "web"',
 *   text: "policy/v1beta1 is not served since Kubernetes 1.25; there is no successor",
 * }]);
 * ```
 */
export function reportObjects(objects: readonly ReportedObject[], server: ReportServer): ServedFinding[] {
  const release = releaseOf(server.kubeVersion);
  const isServed = "isServed" in server ? server.isServed : servedBy(release);
  return objects.flatMap(({ object, source }) => {
    const found = (level: ServedFinding["level"]) => (text: string): ServedFinding => ({
      level,
      object: nameOf(object),
      ...(source === undefined ? {} : { source }),
      text,
    });
    const notes = [
      ...willGo(object, isServed),
      ...references(object, isServed),
      ...idleRules(object, isServed),
      ...lostMeaning(object, release),
    ];
    return [...gone(object, isServed).map(found("warning")), ...notes.map(found("note"))];
  });
}

function gone({ apiVersion, kind }: KubeObject, isServed: IsServed): string[] {
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  if (isServed(apiVersion, kind) || !isKnownKind(apiVersion, kind)) return [];
  return [describeRemoved(apiVersion, kind, isServed)];
}

/** Versions that are served, and have an end. */
function willGo({ apiVersion = "", kind = "" }: KubeObject, isServed: IsServed): string[] {
  const entry = entryOf(apiVersion, kind);
  if (entry?.member.removed === undefined || !isServed(apiVersion, kind)) return [];
  const end = `${apiVersion} will not be served from Kubernetes ${entry.member.removed} on`;
  const next = entry.family.members.find((member) => member.removed === undefined);
  return [next === undefined ? end : `${end}; use ${next.apiVersion}`];
}

/** `1.25` of `v1.25.3`; empty for none. */
function releaseOf(kubeVersion: string | undefined): string {
  return /^v?(\d+\.\d+)/.exec(kubeVersion ?? "")?.[1] ?? "";
}

/** What the table says a release of Kubernetes serves, alpha versions included. */
function servedBy(release: string): IsServed {
  return (apiVersion, kind) => {
    const member = entryOf(apiVersion, kind)?.member;
    return member !== undefined && compareReleases(member.introduced, release) <= 0 &&
      (member.removed === undefined || compareReleases(release, member.removed) < 0);
  };
}
