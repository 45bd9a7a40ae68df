/**
 * Fields that the server does not let a patch change.
 *
 * @module
 */
import { equalQuantities } from "../../base/mod.ts";
import { at, fieldOf, isEmpty, isEqual, isMap, type JsonMap, listAt, show } from "./plain.ts";
import { isMatch, liveSelector, templateLabels } from "./selectors.ts";
import { type Conversion, entryOf } from "./table.ts";
import { refusal, type Work } from "./work.ts";

/**
 * Refuses an object that differs from its live counterpart in an immutable field.
 *
 * Selectors are compared whole. In other fields only values of the manifest count, as the live object also
 * has the server's defaults.
 *
 * @throws RemovedApiError that names the field and both values.
 */
export function refuseImmutable(work: Work, { immutable = [] }: Conversion): void {
  const { live, force } = work.options;
  if (live === undefined || force) return;
  refuseSelector(work, immutable);
  for (const path of immutable.flatMap((rule) => pathsOf(work, rule))) {
    if (path === "spec.selector") continue;
    const keys = path.split(".");
    const found = fieldDifference(at(work.object, ...keys), at(live, ...keys), path);
    if (found === undefined) continue;
    throw refusal(work, {
      situation: "immutable",
      field: found.path,
      text: `cannot be changed: ${found.path} is ${found.live} in the cluster and ${found.wanted} in the manifest`,
      hint: hintFor(work, "keep the old value"),
    });
  }
}

const EXCEPT = /^everything in spec but (.*)$/;
/** Fields for rules of the table that are written as text. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  // CSIDriver: the rest became mutable with later releases.
  "most of spec": ["spec.attachRequired", "spec.volumeLifecycleModes"],
};

/** Returns the paths that a rule of the table means for this object. */
function pathsOf(work: Work, rule: string): readonly string[] {
  const except = EXCEPT.exec(rule)?.[1]?.split(", ");
  if (except !== undefined) {
    const spec = at(work.object, "spec");
    return isMap(spec) ? Object.keys(spec).filter((key) => !except.includes(key)).map((key) => `spec.${key}`) : [];
  }
  if (rule.startsWith("as ")) {
    const other = entryOf(rule.slice("as ".length), String(work.object.kind))?.conversion;
    return (other?.immutable ?? []).flatMap((each) => pathsOf(work, each));
  }
  const once = /^(\S+) \(once established\)$/.exec(rule)?.[1];
  if (once !== undefined) return isEstablished(work) ? [once] : [];
  return MEANINGS[rule] ?? [rule];
}

function isEstablished({ options: { live } }: Work): boolean {
  return listAt(live, "status", "conditions").some((condition) =>
    at(condition, "type") === "Established" && at(condition, "status") === "True"
  );
}

function refuseSelector(work: Work, immutable: readonly string[]): void {
  const live = liveSelector(work);
  if (live === undefined || !immutable.flatMap((rule) => pathsOf(work, rule)).includes("spec.selector")) return;
  const hint = hintFor(work, "keep the labels");
  const wanted = at(work.object, "spec", "selector");
  if (wanted !== undefined && !isEqual(withoutEmpty(wanted), withoutEmpty(live))) {
    throw refusal(work, {
      situation: "immutable",
      field: "spec.selector",
      text: `cannot be changed: spec.selector is ${show(live)} in the cluster and ${show(wanted)} in the manifest`,
      hint,
    });
  }
  const labels = templateLabels(work);
  // The server adds labels to Jobs that no manifest has.
  if (work.object.kind === "Job" || labels === undefined || isMatch(live, labels)) return;
  throw refusal(work, {
    situation: "immutable",
    field: "spec.template.metadata.labels",
    text: `cannot be changed: its pods would be labelled ${show(labels)}, which its selector in the cluster, ` +
      `${show(live)}, does not select`,
    hint,
  });
}

function withoutEmpty(selector: unknown): unknown {
  if (!isMap(selector)) return selector;
  return Object.fromEntries(Object.entries(selector).filter(([, value]) => !isEmpty(value)));
}

/** The first difference of two values, as shown in messages: values that may be secret are not. */
export interface FieldDifference {
  /** The field, such as `spec.clusterIP`. */
  readonly path: string;
  /** The value in the cluster. */
  readonly live: string;
  /** The value in the manifest. */
  readonly wanted: string;
}

/**
 * Returns the first field that a value of a manifest sets and that is another in the cluster. Empty values of the
 * manifest, and fields that only the cluster has, do not count.
 *
 * @param path The field of both values, for the result.
 */
export function fieldDifference(wanted: unknown, live: unknown, path: string): FieldDifference | undefined {
  // Empty values, and `false` and 0 that the server does not show, do not count.
  if (isEmpty(wanted) || (live === undefined && (wanted === false || wanted === 0))) return undefined;
  if (Array.isArray(wanted) && Array.isArray(live) && wanted.length === live.length) {
    return first(wanted.map((item, index) => fieldDifference(item, live[index], `${path}[${index}]`)));
  }
  if (isMap(wanted) && isMap(live)) {
    return first(Object.keys(wanted).map((key) => differenceOf(wanted, live, key, path)));
  }
  if (!isMap(wanted) && !Array.isArray(wanted) && !isMap(live) && !Array.isArray(live) && isSameScalar(wanted, live)) {
    return undefined;
  }
  return { path, live: shown(live, path), wanted: shown(wanted, path) };
}

function differenceOf(wanted: JsonMap, live: JsonMap, key: string, path: string): FieldDifference | undefined {
  const [mine, theirs] = [fieldOf(wanted, key), fieldOf(live, key)];
  // Some releases store templates of claims without their kind.
  if ((key === "apiVersion" || key === "kind") && theirs === undefined) return undefined;
  return fieldDifference(mine, theirs, `${path}.${key}`);
}

function first(differences: readonly (FieldDifference | undefined)[]): FieldDifference | undefined {
  return differences.find((each) => each !== undefined);
}

/** Paths whose values may be secret: messages name them and never show the value. */
const PRIVATE = /\.(?:env|args|command|annotations|data|request)\b|(?:key|token|password|secret)[^.]*$/i;

function shown(value: unknown, path: string): string {
  if (value === undefined) return "absent";
  if (PRIVATE.test(path)) return "one value";
  const text = show(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

const WORKLOADS = ["Deployment", "DaemonSet", "ReplicaSet", "StatefulSet", "Job"];

/** Returns the hint: delete the object by hand, or keep the old value. */
function hintFor(work: Work, keep: string): string {
  const kind = String(work.object.kind);
  if (kind === "CustomResourceDefinition") {
    return "Keep the old value: deleting a CustomResourceDefinition would delete every object of its kind.";
  }
  const name = String(at(work.object, "metadata", "name") ?? "NAME");
  const isWorkload = WORKLOADS.includes(kind);
  const command = `kubectl delete ${kind.toLowerCase()} ${name}${isWorkload ? " --cascade=orphan" : ""}`;
  return `Delete it${isWorkload ? " and leave its pods" : ""} (${command}) and run the same command again, or ${keep}.`;
}

/** True when two scalars say the same: equal texts, or quantities of one size such as `1Gi` and `1024Mi`. */
export function isSameScalar(a: unknown, b: unknown): boolean {
  return String(a) === String(b) || equalQuantities(a, b);
}
