/**
 * Reports of API versions that are gone, for lint, dry runs and doctor.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { nameOf } from "./error.ts";
import { describeRemoved, isKnownKind, type IsServed } from "./successor.ts";
import { compareReleases } from "./successor.ts";
import { entryOf } from "./table.ts";

/** Something that a person should know about an object. */
export interface ServedFinding {
  /** `warning`: it will not work; `note`: a part of it has no effect, or will not work later. */
  readonly level: "warning" | "note";
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The file that it comes from, as the caller gave it. */
  readonly source?: string;
  /** What was found. */
  readonly text: string;
}

/** An object, and the file that it comes from. */
export interface ReportedObject {
  /** One object; lists are expanded by the caller. */
  readonly object: KubeObject;
  /** Such as `web/templates/web.yaml`. */
  readonly source?: string | undefined;
}

/** What objects are judged by: a server, or a release of Kubernetes such as `1.25` or `v1.25.3`. */
export type ReportServer = { readonly isServed: IsServed } | { readonly kubeVersion: string };

/** Returns what is gone, and what lost its meaning, in the order of the objects. */
export function reportObjects(objects: readonly ReportedObject[], server: ReportServer): ServedFinding[] {
  const isServed = "isServed" in server ? server.isServed : servedBy(server.kubeVersion);
  const findings: ServedFinding[] = [];
  for (const { object, source } of objects) {
    const { apiVersion, kind } = object;
    if (typeof apiVersion !== "string" || typeof kind !== "string") continue;
    if (isServed(apiVersion, kind) || !isKnownKind(apiVersion, kind)) continue;
    findings.push({
      level: "warning",
      object: nameOf(object),
      ...(source === undefined ? {} : { source }),
      text: describeRemoved(apiVersion, kind, isServed),
    });
  }
  return findings;
}

/** What the table says a release of Kubernetes serves. */
function servedBy(kubeVersion: string): IsServed {
  const release = /^v?(\d+\.\d+)/.exec(kubeVersion)?.[1] ?? "";
  return (apiVersion, kind) => {
    const member = entryOf(apiVersion, kind)?.member;
    if (member === undefined) return false;
    return compareReleases(member.introduced, release) <= 0 &&
      (member.removed === undefined || compareReleases(release, member.removed) < 0);
  };
}
