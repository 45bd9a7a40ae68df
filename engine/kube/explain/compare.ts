/**
 * Explains one object: which fields differ, and why.
 *
 * @module
 */
import { isObject, type JsonObject, type KubeObject } from "../mod.ts";
import { align } from "./align.ts";
import { covers, isSame, type TypeFacts, typeFacts } from "./equal.ts";
import { isFilled } from "./fillers.ts";
import { type FieldRenders, fieldTests, liveLabel, manifestCause, type RenderFacts } from "./label.ts";
import { type FieldManager, foreignFields, managersOf } from "./managers.ts";
import { normalObject } from "./normal.ts";
import { type FieldPath, pointerOf } from "./paths.ts";
import type { Cause, Change, ChangeOrigin } from "./types.ts";

/** One object in the renders made for comparison; absent where a render does not have it. */
export interface ObjectRenders {
  /** Old chart and old values, as the new revision. */
  readonly base?: KubeObject | undefined;
  /** New chart and old values. */
  readonly newChart?: KubeObject | undefined;
  /** Old chart and new values. */
  readonly newValues?: KubeObject | undefined;
  /** New chart and new values. */
  readonly first?: KubeObject | undefined;
  /** The same with other randomness and another clock. */
  readonly again?: KubeObject | undefined;
}

/** Returns the places in templates that wrote a field. */
export type FindOrigins = (path: FieldPath) => readonly ChangeOrigin[];

/** The same; `isGone` is true for a field that the new manifest does not have. */
export type FindChangeOrigins = (path: FieldPath, isGone: boolean) => readonly ChangeOrigin[];

/** Options of the comparisons. */
export interface CompareOptions {
  /** Renders of the object. */
  readonly renders?: ObjectRenders | undefined;
  /** Which renders exist. */
  readonly facts: RenderFacts;
  /** Finds places in templates. */
  readonly origins?: FindChangeOrigins | undefined;
  /** True if the server drops a manifest's value, because it does not know the field. Default: nothing is known. */
  readonly isUnknown?: IsUnknownField | undefined;
}

/** True if the server does not know a field of an object, or nothing of its value. */
export type IsUnknownField = (object: KubeObject, path: FieldPath, value: unknown) => boolean;

/** No renders, and nothing known about chart and values. */
export const NO_RENDERS: RenderFacts = { hasBase: false, hasAgain: false, chartChanged: false, valuesChanged: false };

/** Returns the type facts of an object. */
export function factsOf({ apiVersion = "", kind = "" }: KubeObject): TypeFacts {
  return typeFacts(apiVersion, kind);
}

const normal = (object: KubeObject | undefined): JsonObject | undefined =>
  object === undefined ? undefined : normalObject(object);

/** Returns the fields in which two manifests' objects differ. */
export function compareManifests(old: KubeObject, target: KubeObject, options: CompareOptions): Change[] {
  const facts = factsOf(target);
  const changes: Change[] = [];
  const versions = [old, target, ...rendersOf(options)].map(normal);
  align(versions, facts, (path, [before, after, ...rest], isOrder) => {
    if (isIdentity(path)) return;
    const tests = isOrder ? ORDER_TESTS : fieldTests(path, facts);
    const cause = manifestCause({ old: before, target: after }, fieldRenders(rest), options.facts, tests);
    changes.push({
      path: pointerOf(path),
      ...value("before", before),
      ...value("after", after),
      ...isOrder ? { order: true } : {},
      cause,
      ...originOf(options, path, after === undefined),
    });
  });
  return changes;
}

/** Returns the renders in the order in which `fieldRenders` reads them. */
function rendersOf({ renders = {} }: CompareOptions): (KubeObject | undefined)[] {
  return [renders.base, renders.newChart, renders.newValues, renders.first, renders.again];
}

function fieldRenders([base, newChart, newValues, first, again]: readonly unknown[]): FieldRenders {
  return { base, newChart, newValues, first, again };
}

/** The states of one object. */
export interface ObjectStates {
  /** In the deployed revision's manifest; absent: the release did not have it. */
  readonly old: KubeObject | undefined;
  /** In the new manifest. */
  readonly target: KubeObject;
  /** In the cluster. */
  readonly live: KubeObject;
  /** Afterwards. */
  readonly result: KubeObject;
}

/** Returns the fields that would change, or that have drifted, with their reasons. */
export function compareLive(states: ObjectStates, options: CompareOptions): Change[] {
  const facts = factsOf(states.target);
  const changes: Change[] = [];
  const foreign = foreignFields(states.live);
  const sides = [states.live, states.result, states.old, states.target, ...rendersOf(options)].map(normal);
  align(sides, facts, (path, [live, result, old, target, ...rest], isOrder) => {
    if (isIdentity(path) || isFilled(facts, path) && target === undefined) return;
    const keeper = foreign.keeper(path);
    const isUnknown = result === undefined && target !== undefined &&
      options.isUnknown?.(states.target, path, target) === true;
    const isKept = keeper !== undefined;
    const views = { old, target, live, result, isKept, isScaled: isScaled(path, keeper), isUnknown };
    // Where only the order counts, the lists of keys are compared as they are.
    const tests = isOrder ? ORDER_TESTS : fieldTests(path, facts);
    const label = liveLabel(views, fieldRenders(rest), options.facts, tests);
    if (label === undefined) return;
    const edited = label.overEdit || label.cause.some((cause) => NAMES_MANAGER.has(cause));
    changes.push({
      path: pointerOf(path),
      ...value("before", live),
      ...value("after", result),
      ...isOrder ? { order: true } : {},
      ...label,
      ...edited ? managerOf(states.live, path) : {},
      ...originOf(options, path, target === undefined),
    });
  }, {
    isSettled: (path, [live, result, old, target]) =>
      isSame(path, live, result, facts) && isSame(path, old, target, facts) &&
      (target === undefined || covers(path, target, live, facts)) && !foreign.has(path),
    isWhole: (path, [live, result, old, target]) =>
      old === undefined && target === undefined && isPart(path, live) && isSame(path, live, result, facts) &&
      foreign.keeper(path) !== undefined,
  });
  return changes;
}

/** True for an item of a list, and for an object other than a map of labels or annotations: both are shown as a whole. */
function isPart(path: FieldPath, value: unknown): boolean {
  if (path.length < 2 || !isObject(value)) return false;
  return !["labels", "annotations"].includes(String(path.at(-1)));
}

/** Causes whose manager is named. */
const NAMES_MANAGER: ReadonlySet<Cause> = new Set<Cause>(["drift", "drift-stays", "manager"]);

/** The manager of the built-in controllers, of autoscalers among them. */
const CONTROLLERS = "kube-controller-manager";

/** True for a number of replicas that an autoscaler has set. */
function isScaled(path: FieldPath, keeper: FieldManager | undefined): boolean {
  return keeper?.name === CONTROLLERS && path.length === 2 && path[0] === "spec" && path[1] === "replicas";
}

/**
 * Returns the fields in which the cluster differs from a manifest, and fields that others have added.
 *
 * @param isUnknown Fields for which it is true are named as unknown, and are no drift.
 */
export function compareDrift(manifest: KubeObject, live: KubeObject, isUnknown?: IsUnknownField): Change[] {
  const facts = factsOf(manifest);
  const changes: Change[] = [];
  const foreign = foreignFields(live);
  align([normalObject(manifest), normalObject(live)], facts, (path, [before, after], isOrder) => {
    if (isIdentity(path)) return;
    const manager = managerOf(live, path);
    // The server's defaults belong to the client that created the object.
    if (before === undefined && (isFilled(facts, path) || !foreign.has(path))) return;
    if (isOrder && sameOrder(before, after)) return;
    if (!isOrder && before !== undefined && covers(path, before, after, facts)) return;
    changes.push({
      path: pointerOf(path),
      ...value("before", before),
      ...value("after", after),
      ...isOrder ? { order: true } : {},
      ...after === undefined && isUnknown?.(manifest, path, before)
        ? { wanted: before, cause: ["unknown"] }
        : { cause: ["drift"], ...manager },
    });
  }, {
    isSettled: (path, [before, after]) =>
      before !== undefined && covers(path, before, after, facts) && !foreign.has(path),
  });
  return changes;
}

const ORDER_TESTS = {
  same: (a: unknown, b: unknown): boolean => sameOrder(a, b),
  fits: (a: unknown, b: unknown): boolean => sameOrder(a, b),
  absent: (a: unknown): boolean => a === undefined,
};

/** True if the keys that both lists have are in the same order. */
function sameOrder(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  const [left, right] = [a.filter((id) => b.includes(id)), b.filter((id) => a.includes(id))];
  return left.join("\n") === right.join("\n");
}

/** Fields that only identify the object or the type; other lines show them. */
function isIdentity(path: FieldPath): boolean {
  const [first, second] = path;
  return path.length === 1 && (first === "apiVersion" || first === "kind") ||
    path.length === 2 && first === "metadata" && (second === "name" || second === "namespace");
}

function value(name: "before" | "after", given: unknown): Partial<Change> {
  return given === undefined ? {} : { [name]: given };
}

function originOf({ origins }: CompareOptions, path: FieldPath, isGone: boolean): Partial<Change> {
  const found = origins?.(path, isGone) ?? [];
  return found.length === 0 ? {} : { origin: found };
}

function managerOf(live: KubeObject, path: FieldPath): Partial<Change> {
  const [manager] = managersOf(live, path);
  if (manager === undefined || manager.name === "") return {};
  return { manager: manager.name, ...manager.at === "" ? {} : { at: manager.at } };
}
