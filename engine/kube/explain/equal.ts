/**
 * Equality as the types of Kubernetes have it: two spellings of one quantity are the same, and so are an absent and an
 * empty field where the type makes no difference between them.
 *
 * @module
 */
import { equalQuantities } from "../../base/mod.ts";
import { hasMergeSchema, isObject } from "../mod.ts";
import { fieldName, type FieldPath, type PathPart } from "./paths.ts";

/** The type whose fields are compared. */
export interface TypeFacts {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** False for custom resources, whose fields have unknown types. */
  readonly isKnown: boolean;
}

/** Returns the facts of a kind. */
export function typeFacts(apiVersion: string, kind: string): TypeFacts {
  return { apiVersion, kind, isKnown: hasMergeSchema(apiVersion, kind) };
}

/** Fields that hold a map of quantities, by the field that they stand in. */
const QUANTITY_MAPS: Readonly<Record<string, readonly string[]>> = {
  resources: ["requests", "limits"],
  spec: ["capacity", "hard", "overhead"],
  limits: ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"],
};
/** Fields that are a quantity. */
const QUANTITIES: ReadonlySet<string> = new Set([
  "sizeLimit",
  "divisor",
  "averageValue",
  "targetAverageValue",
  "targetValue",
]);
/** Fields that hold a number or the same number as text. */
const INT_OR_STRING: ReadonlySet<string> = new Set([
  "port",
  "targetPort",
  "servicePort",
  "maxUnavailable",
  "maxSurge",
  "minAvailable",
]);
/** Maps whose keys and values are the user's own. */
const FREE_MAPS: ReadonlySet<string> = new Set([
  "data",
  "binaryData",
  "stringData",
  "labels",
  "annotations",
  "matchLabels",
  "nodeSelector",
  "parameters",
  "selector",
]);
/** Objects for which `{}` says nothing. Elsewhere it does, as in `emptyDir: {}`. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set([
  "labels",
  "annotations",
  "data",
  "binaryData",
  "matchLabels",
  "nodeSelector",
  "parameters",
  "requests",
  "limits",
  "resources",
  "securityContext",
  "affinity",
  "strategy",
  "updateStrategy",
  "metadata",
  "status",
]);
/** Switches and numbers that servers leave out when they are false or 0. */
const ZERO_IS_ABSENT: ReadonlySet<string> = new Set([
  "hostIPC",
  "hostNetwork",
  "hostPID",
  "hostPort",
  "initialDelaySeconds",
  "minReadySeconds",
  "nodePort",
  "paused",
  "publishNotReadyAddresses",
  "readOnly",
  "stdin",
  "stdinOnce",
  "targetPort",
  "tty",
  "unschedulable",
]);
/** Lists whose order has no meaning. */
const SETS: ReadonlySet<string> = new Set([
  "verbs",
  "apiGroups",
  "resources",
  "resourceNames",
  "nonResourceURLs",
  "accessModes",
  "finalizers",
  "policyTypes",
  "loadBalancerSourceRanges",
  "externalIPs",
]);

/** True if the order of a list of scalars has no meaning. */
export function isSet(path: FieldPath, { isKnown }: TypeFacts): boolean {
  return isKnown && SETS.has(fieldName(path)) && typeof path.at(-1) === "string";
}

/** True if a value says as much as its absence. */
export function isAsAbsent(path: FieldPath, value: unknown, { isKnown }: TypeFacts): boolean {
  if (value === undefined || value === null) return true;
  if (!isKnown) return false;
  if (value === "") return !isEntry(path);
  if (value === false || value === 0 || value === 0n) return ZERO_IS_ABSENT.has(fieldName(path)) && !isEntry(path);
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) && Object.keys(value).length === 0 && MAY_BE_EMPTY.has(fieldName(path));
}

/** True where an empty value is not the same as none: in maps of the user's own, and in the `value` of a PriorityClass. */
function isEntry(path: FieldPath): boolean {
  return isOwnEntry(path) || fieldName(path) === "value" && path.length === 1;
}

/**
 * True for an entry of a map whose keys are the user's own, such as a label or a file of a ConfigMap: no server fills it in.
 *
 * @param path The parts of a pointer do, too, escaped as they are.
 */
export function isOwnEntry(path: FieldPath): boolean {
  const [parent, name] = path.slice(-2);
  if (typeof parent !== "string" || name === undefined || !FREE_MAPS.has(parent)) return false;
  // The selector of a Service is such a map; that of a Deployment has fields, and old versions of it a default.
  return parent !== "selector" || name !== "matchLabels" && name !== "matchExpressions";
}

/** True if both values mean the same in this field. */
export function isSame(path: FieldPath, a: unknown, b: unknown, facts: TypeFacts): boolean {
  if (a === b) return true;
  if (isAsAbsent(path, a, facts)) return isAsAbsent(path, b, facts);
  if (isAsAbsent(path, b, facts)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return isSameList(path, a, b, facts);
  if (isObject(a) && isObject(b)) {
    return [...new Set([...Object.keys(a), ...Object.keys(b)])]
      .every((key) => isSame([...path, key], a[key], b[key], facts));
  }
  return isSameScalar(path, a, b, facts);
}

/** True if every field that `part` names is the same in `whole`, which may have more. */
export function covers(path: FieldPath, part: unknown, whole: unknown, facts: TypeFacts): boolean {
  if (isAsAbsent(path, part, facts)) return true;
  if (isObject(part) && isObject(whole)) {
    return Object.keys(part).every((key) => covers([...path, key], part[key], whole[key], facts));
  }
  if (Array.isArray(part) && Array.isArray(whole)) {
    if (!part.some(isObject)) return isSameList(path, part, whole, facts);
    return part.length === whole.length && part.every((item, at) => covers([...path, at], item, whole[at], facts));
  }
  return isSame(path, part, whole, facts);
}

function isSameList(path: FieldPath, a: readonly unknown[], b: readonly unknown[], facts: TypeFacts): boolean {
  if (a.length !== b.length) return false;
  if (isSet(path, facts) && ![...a, ...b].some((item) => typeof item === "object")) {
    const [left, right] = [a.map(String).sort(), b.map(String).sort()];
    return left.every((item, at) => item === right[at]);
  }
  return a.every((item, at) => isSame([...path, at], item, b[at], facts));
}

function isSameScalar(path: FieldPath, a: unknown, b: unknown, { isKnown }: TypeFacts): boolean {
  if (typeof a === "object" || typeof b === "object") return false;
  if (typeof a === "bigint" || typeof b === "bigint") return typeof a !== "string" && String(a) === String(b);
  if (!isKnown) return false;
  const name = fieldName(path);
  if (isQuantity(path, name) && equalQuantities(a, b)) return true;
  return INT_OR_STRING.has(name) && typeof a !== "boolean" && typeof b !== "boolean" && String(a) === String(b);
}

function isQuantity(path: FieldPath, name: string): boolean {
  if (QUANTITIES.has(name)) return true;
  const fields = path.filter((part: PathPart) => typeof part === "string");
  const [parent = "", map = ""] = fields.slice(-3, -1);
  return QUANTITY_MAPS[parent]?.includes(map) ?? false;
}
