/**
 * Classes of what the first upgrade by Helm 3 does to an object. Pure.
 *
 * @module
 */
import { type Change, compareLive, type RenderFacts } from "../../../kube/explain/mod.ts";
import { isObject, type JsonObject, type KubeObject } from "../../../kube/mod.ts";
import { PREDICTION_CLASSES, type PredictionClass } from "../plan_types.ts";
import { immutableChanges } from "./immutable.ts";
import { MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE, type UpgradeObject } from "./upgrade_objects.ts";

/** The class of an object, and what it stands on. */
export interface ClassifiedObject {
  readonly class: PredictionClass;
  /** One sentence each. */
  readonly reasons: readonly string[];
  /** Fields that change. */
  readonly changes: readonly Change[];
  /** The server's refusal or our own; empty if the write passes. */
  readonly refusal: string;
}

/** Keys of the three entries that Helm 3 sets on all its objects. */
const MARKS: ReadonlySet<string> = new Set([MANAGED_BY, RELEASE_NAME, RELEASE_NAMESPACE]);

/** Two renders of the object with different randomness and clock; absent where none were made. */
export interface RenderPair {
  readonly first?: KubeObject | undefined;
  readonly again?: KubeObject | undefined;
}

/** Returns the worse of two classes. */
export function worse(a: PredictionClass, b: PredictionClass): PredictionClass {
  return PREDICTION_CLASSES.indexOf(a) >= PREDICTION_CLASSES.indexOf(b) ? a : b;
}

/**
 * Returns the class of an object.
 *
 * @param isAdopted True if the object carries Helm 3's marks before the upgrade, or will: they are no change then.
 */
export function classOf(object: UpgradeObject, renders: RenderPair = {}, isAdopted = false): ClassifiedObject {
  const { action, live, problem = "" } = object;
  switch (action) {
    case "unknown":
      return plain("gone-api", [`the server does not have ${object.id.apiVersion} ${object.id.kind}`], problem);
    case "keep":
      return plain("nothing", live === undefined ? [] : ["it stays: it has the resource policy keep"]);
    case "remove":
      return plain("creates-removes", ["the new manifest does not have it: it is deleted"]);
    case "create":
      return created(object);
    case "foreign":
      return plain("blocked", [`Helm 3 does not take it over: ${problem}`], problem);
    case "patch":
      return patched(isAdopted ? withMarks(object) : object, renders);
  }
}

/** Returns an object as it is after the adoption. */
function withMarks(object: UpgradeObject): UpgradeObject {
  const { live, target } = object;
  if (live === undefined || target === undefined) return object;
  const { metadata = {} } = live;
  const marks = (name: "labels" | "annotations"): Record<string, string> => {
    const wanted = Object.entries(target.metadata?.[name] ?? {}).filter(([key]) => MARKS.has(key));
    return { ...metadata[name], ...Object.fromEntries(wanted) };
  };
  return {
    ...object,
    live: { ...live, metadata: { ...metadata, labels: marks("labels"), annotations: marks("annotations") } },
  };
}

function plain(name: PredictionClass, reasons: readonly string[], refusal = ""): ClassifiedObject {
  return { class: name, reasons, changes: [], refusal };
}

/** Returns a refusal without the refused value: it may be a whole object, and hold secrets. */
function withoutValue(message: string): string {
  return message.replace(/Invalid value: (?:\{.*\}|"(?:[^"\\]|\\.)*"|[^:\s]+): /gs, "");
}

function created({ write, problem }: UpgradeObject): ClassifiedObject {
  const refusal = withoutValue(write?.refusal?.message ?? problem ?? "");
  if (refusal !== "") return plain("blocked", [refusal], refusal);
  return plain("creates-removes", ["it does not exist: it is created", ...doubts(write)]);
}

function patched(object: UpgradeObject, renders: RenderPair): ClassifiedObject {
  const { old, target, live, result, write, problem } = object;
  if (live === undefined || result === undefined || target === undefined) {
    const text = problem ?? "it could not be read";
    return plain("blocked", [`nothing is known about it: ${text}`], text);
  }
  if (problem !== undefined) return plain("blocked", [problem], problem);
  if (write?.refusal !== undefined) {
    const message = withoutValue(write.refusal.message);
    return {
      class: "blocked",
      reasons: [message],
      changes: changesOf(old, target, live, write.after ?? live, renders),
      refusal: message,
    };
  }
  const changes = changesOf(old, target, live, result, renders);
  const fixed = write === undefined || write.isByServer ? [] : immutableChanges(live, result);
  if (fixed.length > 0) {
    const text = `${fixed.join(", ")} cannot be changed, as far as we know`;
    return { class: "blocked", reasons: [text, ...doubts(write)], changes, refusal: text };
  }
  const isEdit = editTest(old);
  const name = changes.reduce<PredictionClass>(
    (worst, change) => worse(worst, classOfChange(change, live, isEdit)),
    "nothing",
  );
  return {
    class: name,
    reasons: [...reasonsOf(changes, live.kind ?? "", name, isEdit), ...changes.length === 0 ? [] : doubts(write)],
    changes,
    refusal: "",
  };
}

/** Says that the server could not be asked. */
function doubts(write: UpgradeObject["write"]): string[] {
  if (write === undefined || write.isByServer) return [];
  return [
    write.isForbidden ? "estimated here: you may not change it" : "estimated here: the server could not be asked",
  ];
}

/** Returns the fields that the upgrade changes; edits that stay and fields of others are left out. */
function changesOf(
  old: KubeObject | undefined,
  target: KubeObject,
  live: KubeObject,
  result: KubeObject,
  { first, again }: RenderPair,
): Change[] {
  const facts: RenderFacts = {
    hasBase: false,
    hasAgain: first !== undefined && again !== undefined,
    chartChanged: false,
    valuesChanged: false,
  };
  const all = compareLive({ old, target, live, result }, { facts, renders: { first, again } });
  return all.filter(({ cause, before, after, order }) =>
    !cause.includes("drift-stays") && (order === true || JSON.stringify(before) !== JSON.stringify(after))
  );
}

/** Kinds whose controllers replace pods when the template changes. */
const ROLLED: ReadonlySet<string> = new Set(["Deployment", "StatefulSet", "DaemonSet"]);

/** True if a change overwrites what was edited in the cluster. */
type EditTest = (change: Change) => boolean;

/**
 * Returns the test for changes that overwrite an edit: the record names another value than the cluster has. A value that is the default
 * counts too, which the explanation of changes takes for absent.
 */
function editTest(old: KubeObject | undefined): EditTest {
  return ({ path, cause, overEdit, before }) => {
    if (overEdit === true || cause.includes("drift")) return true;
    const recorded = valueAt(old, path);
    // A null names the field, too: Helm 3 takes the value away, and the server puts its default there.
    const isNamed = recorded === null ? before !== undefined : recorded !== undefined && typeof recorded !== "object";
    return isNamed && (cause.includes("server") || before === undefined) && String(recorded) !== String(before);
  };
}

/** Returns the value at a path of a change; items of keyed lists are found by their key. */
function valueAt(object: unknown, path: string): unknown {
  return path.slice(1).split("/").reduce<unknown>((value, part) => {
    const name = part.replaceAll("~1", "/").replaceAll("~0", "~");
    const [, key, wanted] = /^\[([^=]+)=(.*)\]$/.exec(name) ?? [];
    if (key === undefined) return isObject(value) ? value[name] : undefined;
    return Array.isArray(value) ? value.find((item) => isObject(item) && String(item[key]) === wanted) : undefined;
  }, object);
}

function classOfChange(change: Change, live: KubeObject, isEdit: EditTest): PredictionClass {
  if (isEdit(change)) return "drift";
  const { path } = change;
  if (path.startsWith("/metadata/")) return "metadata";
  const isTemplate = path === "/spec/template" || path.startsWith("/spec/template/");
  const { kind = "" } = live;
  if (kind === "Pod" && path.startsWith("/spec/")) return "restarts";
  if (!isTemplate || !ROLLED.has(kind)) return "spec";
  const spec = mapOf(live.spec);
  return spec.paused === true || mapOf(spec.updateStrategy).type === "OnDelete" ? "spec" : "restarts";
}

const mapOf = (value: unknown): JsonObject => isObject(value) ? value : {};

/** Fields that a sentence names. */
const NAMED_MAX = 3;

function reasonsOf(changes: readonly Change[], kind: string, name: PredictionClass, isEdit: EditTest): string[] {
  const reasons: string[] = [];
  const edits = changes.filter(isEdit);
  if (edits.length > 0) reasons.push(`overwrites what was edited in the cluster: ${named(edits)}`);
  const random = changes.filter(({ cause }) => cause.includes("render"));
  if (random.length > 0) reasons.push(`differs at every render: ${named(random)}`);
  if (name === "spec") reasons.push(`changes ${named(changes.filter(({ path }) => !path.startsWith("/metadata/")))}`);
  const isWaiting = name === "spec" && ROLLED.has(kind) &&
    changes.some(({ path }) => path.startsWith("/spec/template/"));
  if (isWaiting) reasons.push("its pods stay until they are deleted or the rollout goes on: OnDelete, or paused");
  if (name === "restarts") {
    reasons.push(`its pods are replaced: ${named(changes.filter(({ path }) => path.startsWith("/spec/")))}`);
  }
  return reasons;
}

function named(changes: readonly Change[]): string {
  const names = changes.slice(0, NAMED_MAX).map(({ path }) => dotted(path));
  const more = changes.length - names.length;
  return names.join(", ") + (more > 0 ? ` and ${more} more` : "");
}

/** Returns a JSON Pointer with dots: `spec.template.metadata.labels.heritage`. */
export function dotted(path: string): string {
  return path.slice(1).split("/").map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~")).join(".");
}
