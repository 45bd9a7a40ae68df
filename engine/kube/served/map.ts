/**
 * Maps an object to a version that the server has.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { check } from "./checks/check.ts";
import { nameOf, RemovedApiError } from "./error.ts";
import { applyDefaults } from "./on_create.ts";
import { copyOf, type JsonMap } from "./plain.ts";
import { applyStructure } from "./structure.ts";
import { describeRemoved, lastServed, type Successor, successorOf } from "./successor.ts";
import { type Conversion, entryOf, targetOf, type VersionKind } from "./table.ts";
import type { MapOptions, Work } from "./work.ts";

/** An object after mapping. */
export interface Mapped {
  /** The given object itself, if its version is served or the table does not know it. */
  readonly object: KubeObject;
  /** One line per change; empty when nothing changed. */
  readonly changes: string[];
}

/**
 * Maps an object whose API version the server does not have to one that it has.
 *
 * Follows the table version by version until one is served, and applies the changes of each step: structure
 * always, the old version's defaults only if there is no live object, references only on the target side. The
 * input is never changed. A kind that the table does not know is returned unchanged, so that the caller's own
 * error is reported.
 *
 * @param object One object; lists are expanded by the caller, see {@linkcode mapDocument}.
 * @throws RemovedApiError when the object cannot be converted, or only with consent.
 *
 * @example A selector is taken from the labels of the pod template
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 * import { mapRemovedApi } from "./mod.ts";
 *
 * const template = { metadata: { labels: { app: "web" } }, spec: { containers: [] } };
 * const old = { apiVersion: "apps/v1beta1", kind: "Deployment", metadata: { name: "web" }, spec: { template } };
 * const isServed = (apiVersion: string) => apiVersion === "apps/v1";
 * const { object } = mapRemovedApi(old, { isServed });
 * deepEqual(object.spec, {
 *   template,
 *   selector: { matchLabels: { app: "web" } },
 *   revisionHistoryLimit: 2, // the default of apps/v1beta1
 * });
 * ```
 */
export function mapRemovedApi(object: KubeObject, options: MapOptions): Mapped {
  const start = versionKindOf(object);
  if (start === undefined || options.isServed(start.apiVersion, start.kind)) return { object, changes: [] };
  const end = successorOf(start.apiVersion, start.kind, options.isServed);
  if (end === "unknown") return { object, changes: [] };
  if (typeof end === "string" || !("apiVersion" in end)) throw noSuccessor(object, start, end, options);
  try {
    return convert(object, start, end, options);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const text = `cannot be converted from ${start.apiVersion}: it is nested too deeply`;
    throw new RemovedApiError({ object: nameOf(object), situation: "invalid", text });
  }
}

/** Converts from version to version. */
function convert(object: KubeObject, start: VersionKind, end: VersionKind, options: MapOptions): Mapped {
  const changes: string[] = [];
  const isTarget = options.side !== "old";
  const isCreation = isTarget && options.live === undefined;
  let mapped = copyOf(object) as JsonMap;
  for (let step = start; step.apiVersion !== end.apiVersion || step.kind !== end.kind;) {
    const conversion = entryOf(step.apiVersion, step.kind)?.conversion;
    const next = conversion && targetOf(conversion, step.kind);
    if (conversion === undefined || next === undefined) break; // cannot happen: successorOf() followed the same steps
    const work: Work = {
      object: mapped,
      before: copyOf(mapped),
      name: nameOf(object),
      from: step.apiVersion,
      to: next.apiVersion,
      options,
      isTarget,
      isCreation,
      changes,
    };
    rename(work, next, step);
    applyStructure(work, conversion.structure ?? []);
    if (isTarget) check(work, conversion);
    applyDefaults(work, conversion.onCreate ?? []);
    mapped = work.object;
    step = next;
  }
  return { object: mapped, changes };
}

function versionKindOf({ apiVersion, kind }: KubeObject): VersionKind | undefined {
  return typeof apiVersion === "string" && typeof kind === "string" ? { apiVersion, kind } : undefined;
}

function rename(work: Work, next: VersionKind, step: VersionKind): void {
  work.object.apiVersion = next.apiVersion;
  work.changes.push(`apiVersion: ${step.apiVersion} becomes ${next.apiVersion}`);
  if (next.kind === step.kind) return;
  work.object.kind = next.kind;
  work.changes.push(`kind: ${step.kind} becomes ${next.kind}`);
}

/** Returns the table's reason for the end of a kind. */
function reasonOf(start: VersionKind): string {
  let why = "";
  for (let step: VersionKind | undefined = start; step !== undefined;) {
    const conversion: Conversion | undefined = entryOf(step.apiVersion, step.kind)?.conversion;
    why = conversion?.refuse?.[0] ?? why;
    step = conversion && targetOf(conversion, step.kind);
  }
  return why;
}

type NoSuccessor = Exclude<Successor, VersionKind | "unknown">;

function noSuccessor(
  object: KubeObject,
  { apiVersion, kind }: VersionKind,
  end: NoSuccessor,
  { isServed }: MapOptions,
): RemovedApiError {
  const name = nameOf(object);
  if (end === "none") {
    const why = reasonOf({ apiVersion, kind });
    return new RemovedApiError({
      object: name,
      situation: "no-successor",
      text: `cannot be created: Kubernetes has no such API since ${lastServed(apiVersion, kind)}`,
      hint: `Remove it from the chart, or leave such documents out with --skip-removed${
        why === "" ? "" : ` (${why})`
      }.`,
    });
  }
  if ("notConverted" in end) {
    return new RemovedApiError({
      object: name,
      situation: "not-converted",
      text: `is not converted: ${describeRemoved(apiVersion, kind, isServed)}`,
      hint: `Write it for ${end.notConverted} in the chart.`,
    });
  }
  return new RemovedApiError({
    object: name,
    situation: "not-served-yet",
    text: `is not converted: the server has ${end.notServedYet}, but not ${apiVersion} nor what replaced it`,
    hint: `Write it for ${end.notServedYet} in the chart, or upgrade the cluster.`,
  });
}
