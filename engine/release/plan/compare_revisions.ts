/**
 * Compares two revisions by their records alone.
 *
 * @module
 */
import type { Capabilities, Release } from "../../model/mod.ts";
import type { KubeObject } from "../../kube/mod.ts";
import { mapRemovedApi } from "../../kube/served/mod.ts";
import {
  type Change,
  type ChangeReport,
  compareManifests,
  createMasking,
  hideIgnored,
  type IgnoreRule,
  manifestCause,
  type Masker,
  maskReport,
  type ObjectChange,
} from "../../kube/explain/mod.ts";
import { SkegError } from "../../../errors.ts";
import { parseValues } from "../../chart/values/mod.ts";
import { documentObjects, finderOf, type ManifestObject, manifestObjects } from "./manifest_objects.ts";
import { belowChart, changedValues, originsIn } from "./origins.ts";
import { type ExplainingRenders, explainingRenders, NOT_RENDERED, type RevisionPair } from "./renders.ts";
import { releaseChange, summaryOf } from "./report.ts";

/** Choices of a comparison. */
export interface CompareChoices {
  /** Rules that hide changes. */
  readonly ignore?: readonly IgnoreRule[] | undefined;
  /** If true, hooks that are tests are compared too. */
  readonly includeTests?: boolean | undefined;
  /** If true, hooks are left out. */
  readonly noHooks?: boolean | undefined;
  /** Kinds whose changes are not shown. */
  readonly suppress?: readonly string[] | undefined;
  /** If true, objects come with their whole content before and after. */
  readonly withDocuments?: boolean | undefined;
  /** Only objects for which this is true. */
  readonly only?: ((object: ObjectChange) => boolean) | undefined;
  /** Masks secrets; absent: they are shown. */
  readonly masker?: Masker | undefined;
}

/** A pair of revisions with what is known about it. */
interface Comparison extends RevisionPair {
  readonly renders: ExplainingRenders;
  readonly choices: CompareChoices;
}

/**
 * Compares two revisions and explains the differences.
 *
 * @param capabilities What `.Capabilities` shows in the renders that explain differences.
 */
export async function compareRevisions(
  pair: RevisionPair,
  capabilities: Capabilities,
  choices: CompareChoices = {},
): Promise<ChangeReport> {
  const { old, target } = pair;
  const isSame = old !== undefined && old.manifest === target.manifest && sameHooks(old, target);
  const renders = isSame ? NOT_RENDERED : await explainingRenders(pair, capabilities);
  const comparison: Comparison = { ...pair, renders, choices };
  const before = objectsOf(old, choices).map((made) => aliased(made, pair));
  const after = objectsOf(target, choices);
  const compared = compareObjects(before, after, comparison);
  const objects = compared.filter((object) => object.action !== "none" && (choices.only?.(object) ?? true))
    .map((object) => withoutSuppressed(object, choices));
  const report: ChangeReport = {
    schema: 1,
    operation: "revision",
    release: releaseChange(old, target),
    objects,
    hooks: [],
    risks: [],
    summary: summaryOf(compared, objects, choices.only),
  };
  if (choices.masker === undefined) return report;
  const all = [...before, ...after].map(({ object }) => object);
  return maskReport(report, createMasking(all, [configOf(old), configOf(target)], choices.masker));
}

/** Removes the changes of kinds that are not to be shown. */
export function withoutSuppressed(object: ObjectChange, { suppress = [] }: CompareChoices): ObjectChange {
  if (!suppress.includes(object.id.kind)) return object;
  const { documents: _, ...rest } = object;
  return { ...rest, suppressed: true, changes: [] };
}

/** Returns the user's values; empty if they cannot be read. */
export function configOf(release: Release | undefined): unknown {
  try {
    return parseValues(release?.config?.raw ?? "", "chartutil.Values");
  } catch {
    return {};
  }
}

function sameHooks(a: Release, b: Release): boolean {
  return a.hooks.length === b.hooks.length && a.hooks.every((hook, at) => hook.manifest === b.hooks[at]?.manifest);
}

/** Returns the objects of a revision's manifest and of its hooks. */
function objectsOf(release: Release | undefined, { includeTests, noHooks }: CompareChoices): ManifestObject[] {
  if (release === undefined) return [];
  const { manifest, namespace } = release;
  const hooks = release.hooks.filter(({ events }) =>
    noHooks !== true && (includeTests === true || !events.every((event) => event.startsWith("test-")))
  );
  return [
    ...manifestObjects(manifest, namespace),
    ...hooks.flatMap((hook) =>
      documentObjects(hook.manifest, hook.path, namespace).map((one) => ({ ...one, isHook: true }))
    ),
  ];
}

/** Returns the objects of all hooks of a revision. */
export function hookObjects({ hooks, namespace }: Release): KubeObject[] {
  return hooks.flatMap(({ manifest, path }) => documentObjects(manifest, path, namespace).map(({ object }) => object));
}

/** For two releases: gives an object that is named after its release the name that it would have in the other. */
function aliased(made: ManifestObject, { old, target }: RevisionPair): ManifestObject {
  if (old === undefined || old.name === target.name) return made;
  const { name, namespace } = made.id;
  const isNamed = name === old.name || name.startsWith(`${old.name}-`);
  const alias = {
    ...made.id,
    name: isNamed ? target.name + name.slice(old.name.length) : name,
    namespace: namespace === old.namespace ? target.namespace : namespace,
  };
  return { ...made, alias };
}

/** Compares the hooks of two revisions. */
export function compareHooks(
  pair: RevisionPair,
  renders: ExplainingRenders,
  choices: CompareChoices,
): ObjectChange[] {
  const hooksOf = (release: Release | undefined): ManifestObject[] =>
    objectsOf(release, choices).filter(({ isHook }) => isHook === true);
  return compareObjects(hooksOf(pair.old), hooksOf(pair.target), { ...pair, renders, choices });
}

function compareObjects(
  before: readonly ManifestObject[],
  after: readonly ManifestObject[],
  comparison: Comparison,
): ObjectChange[] {
  const [findOld, findNew] = [finderOf(before), finderOf(after)];
  return [
    ...after.map((made) => compareOne(findOld(made.id), made, comparison)),
    ...before.filter(({ id, alias }) => findNew(alias ?? id) === undefined).map((gone) =>
      oneSided(gone, "delete", comparison)
    ),
  ];
}

/** An object that only one revision has. */
function oneSided(
  made: ManifestObject,
  action: "create" | "delete",
  { renders, target, choices }: Comparison,
): ObjectChange {
  const [old, wanted] = action === "create" ? [false, true] : [true, false];
  const has = (find: ExplainingRenders["base"]): boolean => find?.(made.alias ?? made.id) !== undefined;
  const views = {
    base: has(renders.base),
    newChart: has(renders.newChart),
    newValues: has(renders.newValues),
    first: has(renders.first),
    again: has(renders.again),
  };
  const cause = manifestCause({ old, target: wanted }, views, renders.facts, { same: (a, b) => a === b });
  const traced = action === "create" ? renders.traced : renders.tracedBase;
  const isChanged = changedValues(renders.values.old, renders.values.target);
  const origin = traced === undefined ? [] : originsIn(traced, made, target.namespace, isChanged)([]);
  const side = action === "create" ? "after" : "before";
  return {
    ...shared(made),
    action,
    ...documentsOf({ [side]: made.object }, choices),
    changes: [{
      path: "",
      [side]: made.object,
      cause,
      ...origin.length === 0 ? {} : { origin },
    }],
  };
}

function shared({ id, isHook, path }: ManifestObject): Pick<ObjectChange, "id" | "predicted" | "hook" | "template"> {
  return {
    id,
    predicted: "record",
    ...isHook === true ? { hook: true } : {},
    ...path === "" ? {} : { template: belowChart(path) },
  };
}

function compareOne(was: ManifestObject | undefined, made: ManifestObject, comparison: Comparison): ObjectChange {
  if (was === undefined) return oneSided(made, "create", comparison);
  const { renders, target, choices } = comparison;
  const old = mappedTo(was.object, made.object);
  const isChanged = changedValues(renders.values.old, renders.values.target);
  const [origins, oldOrigins] = [renders.traced, renders.tracedBase].map((traced, at) =>
    traced === undefined ? undefined : originsIn(traced, at === 0 ? made : was, target.namespace, isChanged)
  );
  const changes = compareManifests(old, made.object, {
    renders: {
      base: renders.base?.(made.id)?.object,
      newChart: renders.newChart?.(made.id)?.object,
      newValues: renders.newValues?.(made.id)?.object,
      first: renders.first?.(made.id)?.object,
      again: renders.again?.(made.id)?.object,
    },
    facts: renders.facts,
    origins: (path, isGone) => (isGone ? oldOrigins : origins)?.(path) ?? [],
  });
  const hidden = hideIgnored(made.id, changes, choices.ignore ?? [], [was.object, made.object]);
  return {
    ...withChanges(was, made, hidden.changes, changes.length - hidden.changes.length),
    ...documentsOf({ before: was.object, after: made.object }, choices),
  };
}

function documentsOf(
  documents: { readonly before?: unknown; readonly after?: unknown },
  { withDocuments }: CompareChoices,
): Pick<ObjectChange, "documents"> {
  return withDocuments === true ? { documents } : {};
}

function withChanges(
  was: ManifestObject,
  made: ManifestObject,
  changes: readonly Change[],
  ignored: number,
): ObjectChange {
  const version = was.object.apiVersion === made.object.apiVersion
    ? {}
    : { version: { from: was.object.apiVersion ?? null, to: made.object.apiVersion ?? null } };
  const { id, ...rest } = shared(made);
  const isChanged = changes.length > 0 || "version" in version;
  return {
    id: { ...id, ...version },
    ...rest,
    action: isChanged ? "update" : "none",
    ...ignored === 0 ? {} : { ignored },
    changes,
  };
}

/** Returns the old object in the API version of the new one, if Kubernetes has a way from one to the other. */
function mappedTo(old: KubeObject, target: KubeObject): KubeObject {
  if (old.apiVersion === target.apiVersion) return old;
  try {
    const isServed = (apiVersion: string): boolean => apiVersion === target.apiVersion;
    const { object } = mapRemovedApi(old, { isServed, side: "old", allowLossy: true });
    return object;
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return old;
  }
}
