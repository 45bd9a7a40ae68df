/**
 * A rule for a custom resource, as data: which field says how it is doing.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText, scalarText } from "../../base/mod.ts";
import { failed, type ObjectState, progress, ready } from "./state.ts";

/** A rule for the objects of one kind. */
export interface WaitRule {
  /** API group, such as `acid.zalan.do`; with `*.` before it, also all groups that end so. */
  readonly group: string;
  /** The kind; `*` for every kind of the group. */
  readonly kind: string;
  /**
   * Path of the field, such as `status.phase`; `[type=Ready]` picks an element of a list. Absent: the object is ready
   * when it is there.
   */
  readonly path?: string | undefined;
  /** Values that mean ready. */
  readonly ready?: readonly string[] | undefined;
  /** Values that mean failed. */
  readonly failed?: readonly string[] | undefined;
  /** Path of the field that is shown as the reason. */
  readonly message?: string | undefined;
  /** Path of a label selector as text, or as an object with `matchLabels`: the pods that are shown below the object. */
  readonly pods?: string | undefined;
}

/** True if the rule is about objects of a kind. */
export function isAbout(rule: WaitRule, group: string, kind: string): boolean {
  const isGroup = rule.group.startsWith("*.")
    ? group === rule.group.slice(2) || group.endsWith(rule.group.slice(1))
    : rule.group === group;
  return isGroup && (rule.kind === "*" || rule.kind === kind);
}

/** Judges an object by a rule. */
export function stateByRule(object: KubeObject, rule: WaitRule): ObjectState {
  if (rule.path === undefined) return ready();
  const value = scalarText(valueAt(object, rule.path)) ?? "";
  const message = rule.message === undefined ? "" : scalarText(valueAt(object, rule.message)) ?? "";
  if (rule.failed?.includes(value)) return failed(message || `${lastPart(rule.path)} is ${value}`);
  if (rule.ready?.includes(value)) return ready();
  if (value === "") return progress(message || "its controller has not reported yet");
  return progress(message || `${lastPart(rule.path)} is ${value}`);
}

/** Returns the words for the field of a path: the condition's type, or the field's name. */
function lastPart(path: string): string {
  return /\[type=([^\]]+)\][^[]*$/.exec(path)?.[1] ?? path.slice(path.lastIndexOf(".") + 1);
}

/** Returns the value at a path; `undefined` when there is none. */
export function valueAt(object: unknown, path: string): unknown {
  let value: unknown = object;
  for (const [, name = "", key = "", wanted = ""] of path.matchAll(/([^.[\]]+)?(?:\[([^=\]]+)=([^\]]*)\])?(?:\.|$)/g)) {
    if (name !== "") value = Object.hasOwn(asObject(value), name) ? asObject(value)[name] : undefined;
    if (key !== "") value = asList(value).map(asObject).find((each) => asText(each[key]) === wanted);
  }
  return value;
}
