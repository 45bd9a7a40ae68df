/**
 * Ignore rules hide changes. They never change what is applied.
 *
 * A rule has the shape of Flux' drift detection, so files can be copied; `managers` is Argo CD's.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { isObject, type KubeObject } from "../mod.ts";
import type { Change, ObjectId } from "./types.ts";

/** Selects objects; every given field must match. */
export interface IgnoreTarget {
  /** Regular expressions that must match the whole text. */
  readonly group?: string;
  /** See `group`. */
  readonly version?: string;
  /** See `group`. */
  readonly kind?: string;
  /** See `group`. */
  readonly name?: string;
  /** See `group`. */
  readonly namespace?: string;
  /** Such as `app=web,tier!=db`. */
  readonly labelSelector?: string;
  /** The same for annotations. */
  readonly annotationSelector?: string;
}

/** A rule; hides fields of the objects that `target` selects. */
export interface IgnoreRule {
  /** JSON Pointers; a rule also hides what is below. `*` stands for any one part. */
  readonly paths?: readonly string[];
  /** Hides fields that these managers wrote. */
  readonly managers?: readonly string[];
  /** Absent: all objects. */
  readonly target?: IgnoreTarget;
}

/** Objects with this annotation, set to `disabled`, have all changes hidden. */
const FLUX_ANNOTATION = "helm.toolkit.fluxcd.io/driftDetection";

/**
 * Reads rules: a document with a list `ignore`, as Flux has it, or the list itself, or one rule.
 *
 * @param source Where the data is from; for messages.
 * @throws SkegError of kind `usage` that names the problem.
 */
export function readIgnoreRules(data: unknown, source: string): IgnoreRule[] {
  const list = isObject(data) && "ignore" in data ? data.ignore : data;
  return (Array.isArray(list) ? list : [list]).map((rule) => checkRule(rule, source));
}

/**
 * Reads a rule of the command line: a JSON Pointer, or `KIND:POINTER`, or `KIND/NAME:POINTER`.
 *
 * @throws SkegError of kind `usage`.
 *
 * @example
 * ```ts
 * import { deepEqual } from "node:assert/strict";
 *
 * deepEqual(parseIgnoreFlag("Deployment:/spec/replicas"), { paths: ["/spec/replicas"], target: { kind: "Deployment" } });
 * ```
 */
export function parseIgnoreFlag(text: string): IgnoreRule {
  const [, kind, name, path = ""] = /^(?:([^/:]+)(?:\/([^:]+))?:)?(\/.*)$/s.exec(text) ?? [];
  if (path === "") {
    throw new SkegError("usage", `invalid ignore rule ${JSON.stringify(text)}: it needs a path that begins with /`, {
      hint: "Write '/spec/replicas', 'Deployment:/spec/replicas' or 'Deployment/web:/spec/replicas'.",
    });
  }
  if (kind === undefined) return { paths: [path] };
  return { paths: [path], target: { kind, ...name === undefined ? {} : { name } } };
}

function checkRule(rule: unknown, source: string): IgnoreRule {
  const fail = (what: string): never => {
    throw new SkegError("usage", `${source}: an ignore rule ${what}`, {
      hint: "A rule looks like {paths: [/spec/replicas], target: {kind: Deployment}}.",
    });
  };
  if (!isObject(rule)) return fail("must be a map");
  const { paths, managers, target = {}, ...others } = rule;
  const [other] = Object.keys(others);
  if (other !== undefined) fail(`has the unknown field ${JSON.stringify(other)}`);
  for (const [name, list] of Object.entries({ paths, managers })) {
    const isTexts = Array.isArray(list) && list.every((item) => typeof item === "string");
    if (list !== undefined && !isTexts) fail(`needs a list of texts in ${name}`);
  }
  if (paths === undefined && managers === undefined) fail("needs paths or managers");
  if (!isObject(target)) return fail("needs a map in target");
  for (const [name, pattern] of Object.entries(target)) {
    if (typeof pattern !== "string") fail(`needs a text in target.${name}`);
    if (name.endsWith("Selector")) continue;
    try {
      whole(String(pattern));
    } catch {
      fail(`has an invalid regular expression in target.${name}`);
    }
  }
  return rule as IgnoreRule;
}

const whole = (pattern: string): RegExp => new RegExp(`^(?:${pattern})$`, "s");

/** The result of {@linkcode hideIgnored}. */
export interface HiddenChanges {
  /** The changes that no rule hides. */
  readonly changes: readonly Change[];
  /** The number of hidden changes by rule, in the order of rules; the last entry is for Flux' annotation. */
  readonly counts: readonly number[];
}

/**
 * Splits changes into those that are shown and those that rules hide.
 *
 * @param objects The object's states; a label or an annotation of any of them counts.
 */
export function hideIgnored(
  id: ObjectId,
  changes: readonly Change[],
  rules: readonly IgnoreRule[],
  objects: readonly (KubeObject | undefined)[],
): HiddenChanges {
  const counts = Array<number>(rules.length + 1).fill(0);
  const isDisabled = objects.some((object) => object?.metadata?.annotations?.[FLUX_ANNOTATION] === "disabled");
  const here = rules.map((rule) => selects(rule.target ?? {}, id, objects));
  const kept = changes.filter((change) => {
    const found = isDisabled ? rules.length : rules.findIndex((rule, at) => here[at] && hides(rule, change));
    if (found < 0) return true;
    counts[found] = (counts[found] ?? 0) + 1;
    return false;
  });
  return { changes: kept, counts };
}

function hides({ paths, managers }: IgnoreRule, change: Change): boolean {
  // A whole object that comes or goes is never hidden by a rule for its fields.
  if (change.path === "") return false;
  if (paths !== undefined && !paths.some((path) => isBelow(change.path, path))) return false;
  return managers === undefined || change.manager !== undefined && managers.includes(change.manager);
}

/** True if a path is the rule's, or below it. Items of keyed lists match their positions and `*`. */
function isBelow(path: string, rule: string): boolean {
  const [parts, wanted] = [path.split("/").slice(1), rule.split("/").slice(1)];
  return wanted.length <= parts.length && wanted.every((part, at) => {
    const found = parts[at] ?? "";
    return part === "*" || part === found ||
      found.startsWith("[") && (/^\d+$/.test(part) || found.endsWith(`=${part}]`));
  });
}

function selects(target: IgnoreTarget, id: ObjectId, objects: readonly (KubeObject | undefined)[]): boolean {
  const { labelSelector, annotationSelector, ...fields } = target;
  const texts: Record<string, string> = {
    group: id.group,
    kind: id.kind,
    name: id.name,
    namespace: id.namespace,
    version: objects.find((object) => object !== undefined)?.apiVersion?.split("/").at(-1) ?? "",
  };
  if (!Object.entries(fields).every(([name, pattern]) => whole(pattern).test(texts[name] ?? ""))) return false;
  const some = (selector: string | undefined, map: "labels" | "annotations"): boolean =>
    selector === undefined || objects.some((object) => fitsSelector(selector, object?.metadata?.[map] ?? {}));
  return some(labelSelector, "labels") && some(annotationSelector, "annotations");
}

/** Reads `a=b`, `a==b`, `a!=b`, `a` and `!a`, separated by commas. */
function fitsSelector(selector: string, map: Readonly<Record<string, string>>): boolean {
  return selector.split(",").every((part) => {
    const [, name = "", operator, value = ""] = /^\s*(!?[^=!\s]+)\s*(?:(==?|!=)\s*(.*?))?\s*$/.exec(part) ?? [];
    if (operator === undefined) return name.startsWith("!") ? !(name.slice(1) in map) : name in map;
    return operator === "!=" ? map[name] !== value : map[name] === value;
  });
}
