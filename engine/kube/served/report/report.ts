/**
 * Findings about rendered objects before they are sent to a server.
 *
 * Source: `removed-apis.md`, sections 1 and 8.
 *
 * @module
 */
import { YamlError } from "../../../../errors.ts";
import type { KubeObject } from "../../../model/mod.ts";
import { yamlToJson } from "../../../lang/yaml/mod.ts";
import { itemsOf } from "../document.ts";
import { nameOf } from "../error.ts";
import { isMap } from "../plain.ts";
import { admissionFindings } from "./admission.ts";
import { doubtfulFindings } from "./doubtful.ts";
import { type Judge, judgeOf, type ReportServer } from "./judge.ts";
import { lifecycleFinding } from "./lifecycle.ts";
import { quotaFindings } from "./quotas.ts";
import { rbacFindings } from "./rbac.ts";
import { referenceFindings } from "./references.ts";
import { withoutEffectFindings } from "./without_effect.ts";

/** A finding about an object. */
export interface ServedFinding {
  /** `warning`: the object cannot be sent to the server. `note`: a part of it has no effect, or will not work later. */
  readonly level: "warning" | "note";
  /** The object: `Deployment "web"`. */
  readonly object: string;
  /** The file that it comes from, as passed by the caller. */
  readonly source?: string;
  /** The finding: a sentence without its subject, the object. */
  readonly text: string;
}

/** An object, and the file that it comes from. */
export interface ReportedObject {
  /** One object; lists are expanded. */
  readonly object: KubeObject;
  /** Such as `web/templates/web.yaml`. */
  readonly source?: string | undefined;
}

/**
 * Returns present and future problems with API versions in rendered files. `warning`: versions that the
 * server does not have. `note`: versions that it will lose, references by removed versions, rules that grant
 * or match nothing, annotations and volumes without effect.
 *
 * Skips files that are not manifests (`NOTES.txt`, names that begin with `_`) and documents that are not
 * objects. Lists are expanded. Kinds that Kubernetes never had give no findings.
 *
 * @param files Path → text, as returned by `renderChart`.
 * @param server The server to check against.
 * @returns In the order of `files`, then of documents. `source` is the path.
 * @throws SkegError of kind `usage` when `kubeVersion` is not a version of Kubernetes.
 *
 * @example Find obstacles to an upgrade to Kubernetes 1.25
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { reportRemovedApis } from "../mod.ts";
 *
 * const text = "apiVersion: batch/v1beta1\nkind: CronJob\nmetadata: {name: backup}\n";
 * deepEqual(reportRemovedApis({ "web/templates/cron.yaml": text }, { kubeVersion: "1.25" }), [{
 *   level: "warning",
 *   object: 'CronJob "backup"',
 *   source: "web/templates/cron.yaml",
 *   text: "batch/v1beta1 is not served since Kubernetes 1.25; use batch/v1",
 * }]);
 * ```
 */
export function reportRemovedApis(
  files: Readonly<Record<string, string>>,
  server: ReportServer,
): ServedFinding[] {
  return reportObjects(
    Object.entries(files).flatMap(([source, text]) =>
      isManifest(source) ? objectsOf(text).map((object) => ({ object, source })) : []
    ),
    server,
  );
}

/** Returns the same findings for parsed objects; lists are expanded. */
export function reportObjects(objects: readonly ReportedObject[], server: ReportServer): ServedFinding[] {
  const judge = judgeOf(server);
  return objects.flatMap(({ object: document, source }) =>
    expanded(document).flatMap((object) =>
      findingsOf(object, judge).map((finding): ServedFinding => ({
        level: finding.level,
        object: nameOf(object),
        ...(source === undefined ? {} : { source }),
        text: finding.text,
      }))
    )
  );
}

function findingsOf(object: KubeObject, judge: Judge): Pick<ServedFinding, "level" | "text">[] {
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== "string" || typeof kind !== "string") return [];
  const lifecycle = lifecycleFinding(apiVersion, kind, judge);
  const notes = [
    ...rbacFindings(object, judge),
    ...admissionFindings(object, judge),
    ...referenceFindings(object, judge),
    ...quotaFindings(object, judge),
    ...withoutEffectFindings(object, judge),
    ...doubtfulFindings(object),
  ];
  return [...(lifecycle === undefined ? [] : [lifecycle]), ...notes.map((text) => ({ level: "note" as const, text }))];
}

function isManifest(path: string): boolean {
  const base = path.slice(path.lastIndexOf("/") + 1);
  return base !== "NOTES.txt" && !base.startsWith("_");
}

/** Parses the objects of a file. Helm 2: any line that begins with three dashes separates documents. */
function objectsOf(text: string): KubeObject[] {
  return text.split(/^---/m).flatMap((document) => {
    if (!document.includes("kind")) return [];
    try {
      const object = yamlToJson(document);
      return isMap(object) ? [object as KubeObject] : [];
    } catch (error) {
      // Text that is not YAML is reported when it is sent.
      if (error instanceof YamlError) return [];
      throw error;
    }
  });
}

function expanded(document: KubeObject): KubeObject[] {
  const items = itemsOf(document);
  if (items === undefined) return [document];
  return items.flatMap((item) => isMap(item) ? expanded(item as KubeObject) : []);
}
