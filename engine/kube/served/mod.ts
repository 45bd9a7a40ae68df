/**
 * Kubernetes API versions that a server no longer has, and their successors.
 *
 * Pure: objects in, objects out. The table `removed_apis.json` has the rules; `custom/` has the few
 * operations that need code. Loaded lazily, when a server lacks a version that a manifest names.
 *
 * ```text
 * object, served versions, live object → object, changes | RemovedApiError
 * ```
 *
 * @module
 */
export { itemsOf, mapDocument } from "./document.ts";
export { RemovedApiError, type RemovedApiProblem, type RemovedApiSituation } from "./error.ts";
export { type FieldDifference, fieldDifference } from "./immutable.ts";
export { type Mapped, mapRemovedApi } from "./map.ts";
export { apiVersionsOf } from "./report/api_versions.ts";
export type { ReportServer } from "./report/judge.ts";
export { type ReportedObject, reportObjects, reportRemovedApis, type ServedFinding } from "./report/report.ts";
export { reportTemplate, type TemplateFinding } from "./report/templates.ts";
export { rewriteDocument } from "./rewrite.ts";
export {
  describeRemoved,
  isKnownKind,
  isOneObject,
  type IsServed,
  mapIdentity,
  type RemovedIn,
  removedIn,
  type Successor,
  successorOf,
} from "./successor.ts";
export type { VersionKind } from "./table.ts";
export type { MapOptions } from "./work.ts";
