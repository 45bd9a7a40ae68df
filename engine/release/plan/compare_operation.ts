/**
 * Makes the report of a predicted operation: changes with their reasons, hooks, risks, counts.
 *
 * @module
 */
import type { ApplyMode, KubeObject } from "../../kube/mod.ts";
import {
  type Change,
  type ChangeReport,
  compareLive,
  createMasking,
  type FindChangeOrigins,
  hideIgnored,
  isOwnEntry,
  type IsUnknownField,
  manifestCause,
  maskReport,
  type ObjectChange,
  type PlannedHook,
} from "../../kube/explain/mod.ts";
import type { Release } from "../../model/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { hooksFor } from "../hooks.ts";
import type { OperationSteps } from "../steps.ts";
import { type CompareChoices, compareHooks, configOf, hookObjects, withoutSuppressed } from "./compare_revisions.ts";
import { belowChart, changedValues, originsIn } from "./origins.ts";
import type { ManifestObject } from "./manifest_objects.ts";
import { type OperationObject, operationObjects } from "./operation_objects.ts";
import type { PredictedOperation } from "./predict_operation.ts";
import { type ExplainingRenders, explainingRenders, NOT_RENDERED } from "./renders.ts";
import { isStaying, objectOfHook, releaseChange, stayingCounts, summaryOf } from "./report.ts";
import { liveState, podsReplaced } from "./live_state.ts";
import { operationRisks } from "./operation_risks.ts";
import { unknownFieldTest } from "./unknown_fields.ts";

/** The operation that is planned. */
export type OperationName = "install" | "upgrade" | "rollback" | "delete";

/** Compares and explains what an operation would do, and reports what was warned of meanwhile. */
export async function compareOperation(
  env: Environment,
  name: OperationName,
  operation: OperationSteps,
  predicted: PredictedOperation,
  choices: CompareChoices,
): Promise<ChangeReport> {
  const { new: target, old } = operation.releases;
  const found = await operationObjects(operation, predicted);
  const renders = name === "delete" || target === undefined || isSameManifest(old, target)
    ? NOT_RENDERED
    : await explainingRenders({ old, target }, await env.kube.capabilities(callOptions(env)));
  const compared = await compareAll(env, found, { release: target ?? old, renders, choices });
  // A rollback and a deletion run hooks that are recorded already.
  const hookChanges = target === undefined || old === undefined ? [] : compareHooks({ old, target }, renders, choices);
  const shown = [...compared, ...hookChanges.map((object) => withoutSuppressed(object, choices))].filter((object) =>
    isShown(object) && (choices.only?.(object) ?? true)
  );
  const hooks = plannedHooks(operation);
  const facts = { env, name, operation, predicted, found, compared, hooks, choices };
  const { only } = choices;
  const selected = only === undefined ? compared : compared.filter(only);
  const selectedHooks = only === undefined
    ? hooks
    : hooks.filter((hook) => only(objectOfHook(hook, (target ?? old)?.namespace ?? "")));
  const report: ChangeReport = {
    schema: 1,
    operation: name,
    apply: applyOf(operation),
    release: headOf(name, old, target),
    objects: shown,
    hooks: selectedHooks,
    // A plan that is saved with a choice of objects does everything still, so no risk is left out.
    risks: await operationRisks(facts),
    summary: {
      ...summaryOf(compared, shown, only),
      ...only === undefined
        ? {}
        : { selected: selected.length + Math.max(selectedHooks.length, hookChanges.filter(only).length) },
      hooks: selectedHooks.length,
      ...stayingCounts(selected),
      local: selected.filter((object) => object.predicted === "local" && !["none", "refused"].includes(object.action))
        .length,
    },
  };
  const masking = choices.masker === undefined
    ? undefined
    : createMasking(secretHolders(found, [old, target]), [configOf(old), configOf(target)], choices.masker);
  for (const text of predicted.warnings) env.report({ type: "warning", text: masking?.text(text) ?? text });
  return masking === undefined ? report : maskReport(report, masking);
}

/** Returns all states of the objects, and the hooks: the values of Secrets among them are masked. */
function secretHolders(found: readonly OperationObject[], releases: readonly (Release | undefined)[]): KubeObject[] {
  const states = found.flatMap(({ old, target, live, result }) => [old, target, live, result]);
  const hooks = releases.flatMap((release) => release === undefined ? [] : hookObjects(release));
  return [...states, ...hooks].filter((object): object is KubeObject => object !== undefined);
}

function isShown({ action, changes }: ObjectChange): boolean {
  return action !== "none" || changes.length > 0;
}

function isSameManifest(old: Release | undefined, target: Release): boolean {
  return old?.manifest === target.manifest && old.hooks.length === target.hooks.length &&
    old.hooks.every((hook, at) => hook.manifest === target.hooks[at]?.manifest);
}

function headOf(name: OperationName, old: Release | undefined, target: Release | undefined) {
  const release = target ?? old;
  if (release === undefined) throw new Error("an operation without a release");
  const head = releaseChange(name === "install" ? undefined : old, release);
  return name === "delete" ? { ...head, to: null, valuesChanged: false } : head;
}

/** Returns the mode in which existing objects are changed. */
function applyOf(operation: OperationSteps): ApplyMode {
  for (const step of operation.steps) if (step.do === "update" && step.apply !== undefined) return step.apply;
  return "tiller";
}

/** Returns the hooks in the order in which they run. */
export function plannedHooks({ steps, releases }: OperationSteps): PlannedHook[] {
  return steps.flatMap((step) => {
    if (step.do !== "hooks") return [];
    return hooksFor(releases[step.slot]?.hooks ?? [], step.event).map((hook) => ({
      event: step.event,
      kind: hook.kind,
      name: hook.name,
      weight: hook.weight,
      policies: hook.deletePolicies,
    }));
  });
}

/** All that objects are compared with. */
interface Comparison {
  readonly release: Release | undefined;
  readonly renders: ExplainingRenders;
  readonly choices: CompareChoices;
  readonly isUnknown?: IsUnknownField | undefined;
}

/** Compares all objects; reads the server's schemas where a field of the manifest would be missing afterwards. */
async function compareAll(
  env: Environment,
  found: readonly OperationObject[],
  comparison: Comparison,
): Promise<ObjectChange[]> {
  const compared = found.map((object) => compareOne(object, comparison));
  const isLost = ({ changes }: ObjectChange): boolean =>
    changes.some(({ after, wanted }) => after === undefined && wanted !== undefined);
  const lacking = found.flatMap(({ target }, at) => {
    const change = compared[at];
    return target !== undefined && change !== undefined && isLost(change) ? [target] : [];
  });
  const isUnknown = await unknownFieldTest(env, lacking);
  if (isUnknown === undefined) return compared;
  return found.map((object, at) => {
    const change = compared[at];
    return change !== undefined && !isLost(change) ? change : compareOne(object, { ...comparison, isUnknown });
  });
}

function compareOne(object: OperationObject, comparison: Comparison): ObjectChange {
  const { choices } = comparison;
  const { id, made, old, live } = object;
  const changes = withoutLostDefaults(object, changesOf(object, comparison));
  const hidden = hideIgnored(id, changes, choices.ignore ?? [], [object.target, live, old]);
  const moves = hidden.changes.some((change) => !isStaying(change));
  // A patch that changes nothing is sent, and is no change.
  const action = object.action === "update" && !changes.some((change) => !isStaying(change)) ? "none" : object.action;
  const pods = (moves || action === "recreate") && action !== "refused" ? podsReplaced(object) : undefined;
  const isSuppressed = choices.suppress?.includes(id.kind) === true;
  const ignored = changes.length - hidden.changes.length;
  return {
    id: { ...id, ...versionOf(object) },
    action,
    predicted: object.isByServer ? "server" : "local",
    ...made === undefined || made.path === "" ? {} : { template: belowChart(made.path) },
    ...pods === undefined ? {} : { restarts: pods },
    ...ignored === 0 ? {} : { ignored },
    live: liveState(live),
    ...isSuppressed ? { suppressed: true } : choices.withDocuments ? { documents: documentsOf(object) } : {},
    changes: isSuppressed ? [] : hidden.changes,
  };
}

/**
 * A merge here loses defaults that the table does not have and the server would fill in again: where an object is deleted and
 * created again, a list is replaced as a whole, or a chart gives an empty value. They are fields that no manifest names;
 * an entry of a map of the user's own is none of them.
 */
function withoutLostDefaults({ isByServer }: OperationObject, changes: readonly Change[]): readonly Change[] {
  if (isByServer) return changes;
  return changes.filter(({ cause, after, path }) =>
    cause.length !== 1 || cause[0] !== "server" || after !== undefined || isOwnEntry(path.split("/").slice(1))
  );
}

function documentsOf({ old, target, live, result }: OperationObject): NonNullable<ObjectChange["documents"]> {
  const before = old ?? live;
  const after = result === undefined ? undefined : target ?? result;
  return { ...before === undefined ? {} : { before }, ...after === undefined ? {} : { after } };
}

/** Returns the API versions when the recorded manifest has another than the new one. */
function versionOf({ was, target }: OperationObject): Pick<ObjectChange["id"], "version"> {
  const from = was?.object.apiVersion;
  if (from === undefined || target === undefined || from === target.apiVersion) return {};
  return { version: { from, to: target.apiVersion ?? null } };
}

function changesOf(object: OperationObject, { release, renders, isUnknown }: Comparison): readonly Change[] {
  const { action, live, result, target, old, id, made, was } = object;
  const views = {
    base: renders.base?.(id),
    newChart: renders.newChart?.(id),
    newValues: renders.newValues?.(id),
    first: renders.first?.(id),
    again: renders.again?.(id),
  };
  const isChanged = changedValues(renders.values.old, renders.values.target);
  const namespace = release?.namespace ?? "";
  const originsOf = (traced: ExplainingRenders["traced"], place: ManifestObject | undefined) =>
    traced === undefined || place === undefined ? undefined : originsIn(traced, place, namespace, isChanged);
  if (live === undefined || result === undefined || target === undefined) {
    if (action === "keep" || live === undefined && result === undefined) return [];
    const has = (view: unknown): boolean => view !== undefined;
    const presence = Object.fromEntries(Object.entries(views).map(([name, view]) => [name, has(view)]));
    const isUpgrade = renders.facts.chartChanged || renders.facts.valuesChanged;
    const isGone = result === undefined;
    const cause = isUpgrade
      ? manifestCause({ old: isGone, target: !isGone }, presence, renders.facts, { same: (a, b) => a === b })
      : [];
    // The chart has the object in both revisions, and the cluster does not.
    const lost = !isGone && old !== undefined ? ["drift" as const] : cause;
    const origin = (isGone ? originsOf(renders.tracedBase, was) : originsOf(renders.traced, made))?.([]) ?? [];
    return [{
      path: "",
      ...isGone ? { before: live } : { after: target ?? result },
      cause: lost,
      ...origin.length === 0 ? {} : { origin },
    }];
  }
  const [origins, oldOrigins] = [originsOf(renders.traced, made), originsOf(renders.tracedBase, was)];
  const find: FindChangeOrigins = (path, isGone) => (isGone ? oldOrigins : origins)?.(path) ?? [];
  return compareLive({ old, target, live, result }, {
    renders: Object.fromEntries(Object.entries(views).map(([name, view]) => [name, view?.object])),
    facts: renders.facts,
    origins: find,
    isUnknown,
  });
}
