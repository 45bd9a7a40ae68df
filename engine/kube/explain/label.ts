/**
 * Decides why a field would change.
 *
 * A field is looked at in the deployed manifest (old), the new manifest (target), the cluster (live), and as it would be
 * afterwards (result); and in further renders that differ from the target in one thing each.
 *
 * @module
 */
import { covers, isAsAbsent, isSame, type TypeFacts } from "./equal.ts";
import type { FieldPath } from "./paths.ts";
import type { Cause } from "./types.ts";

/** One field in everything that is known; `undefined` where it is absent. */
export interface FieldViews {
  /** In the deployed revision's manifest. */
  readonly old: unknown;
  /** In the new manifest. */
  readonly target: unknown;
  /** In the cluster. */
  readonly live: unknown;
  /** Afterwards. */
  readonly result: unknown;
  /** True if another manager owns the live value, and no program that manages releases does. */
  readonly isKept?: boolean;
  /** True if an autoscaler has set the live value. */
  readonly isScaled?: boolean;
  /** True if the server drops the new manifest's value, because it does not know the field. */
  readonly isUnknown?: boolean;
}

/** One field in renders made for comparison. */
export interface FieldRenders {
  /** Old chart and old values, as the new revision. */
  readonly base?: unknown;
  /** New chart and old values. */
  readonly newChart?: unknown;
  /** Old chart and new values. */
  readonly newValues?: unknown;
  /** New chart and new values, in the same way as the others. */
  readonly first?: unknown;
  /** The same with other randomness and another clock. */
  readonly again?: unknown;
}

/** Which of the renders exist. */
export interface RenderFacts {
  /** True if old chart and old values were rendered as the new revision. */
  readonly hasBase: boolean;
  /** True if new chart and new values were rendered twice. */
  readonly hasAgain: boolean;
  /** True if the chart differs. */
  readonly chartChanged: boolean;
  /** True if the values differ. */
  readonly valuesChanged: boolean;
}

/** Why a field changes. */
export interface Label {
  /** Never empty, except for a manifest change of unknown reason. */
  readonly cause: readonly Cause[];
  /** True if the change overwrites an edit of the live object. */
  readonly overEdit?: boolean;
  /** The manifest's value, where the result is another. */
  readonly wanted?: unknown;
}

/** Compares values of one field. */
export interface FieldTests {
  /** True if both mean the same. */
  readonly same: (a: unknown, b: unknown) => boolean;
  /** True if a live value has what the manifest's names; a live object may have more fields. */
  readonly fits: (manifest: unknown, live: unknown) => boolean;
  /** True if the field says nothing. */
  readonly absent: (value: unknown) => boolean;
}

/** Returns the tests of a field. */
export function fieldTests(path: FieldPath, facts: TypeFacts): FieldTests {
  const absent = (value: unknown): boolean => isAsAbsent(path, value, facts);
  return {
    same: (a, b) => isSame(path, a, b, facts),
    fits: (manifest, live) => absent(manifest) ? absent(live) : covers(path, manifest, live, facts),
    absent,
  };
}

/**
 * Returns why a field differs between two manifests; an empty list if nothing explains it.
 *
 * Without a render of the old chart and values, the chart is named if only it changed, and so are the values.
 */
export function manifestCause(
  { target }: Pick<FieldViews, "old" | "target">,
  renders: FieldRenders,
  facts: RenderFacts,
  { same }: Pick<FieldTests, "same">,
): Cause[] {
  const { chartChanged, valuesChanged } = facts;
  if (facts.hasAgain && !same(renders.first, renders.again)) return ["render"];
  if (!facts.hasBase) {
    if (chartChanged && valuesChanged) return [];
    return chartChanged ? ["chart"] : valuesChanged ? ["values"] : ["release"];
  }
  // Renders are compared with each other: the stored manifest may be from a cluster of another version.
  const made = facts.hasAgain ? renders.first : target;
  if (same(renders.base, made)) return ["release"];
  if (!chartChanged) return valuesChanged ? ["values"] : ["release"];
  if (!valuesChanged) return ["chart"];
  const chart = !same(renders.newChart, renders.base);
  const values = !same(renders.newValues, renders.base);
  if (chart && same(renders.newChart, made) && !same(renders.newValues, made)) return ["chart"];
  if (values && same(renders.newValues, made) && !same(renders.newChart, made)) return ["values"];
  // Neither alone gives the target, or each of them does.
  return ["chart", "values"];
}

/**
 * Returns why a live field changes or differs, or `undefined` if there is nothing to show.
 *
 * The first rule that fits decides; `docs/plan.md` has them in the same order.
 */
export function liveLabel(
  views: FieldViews,
  renders: FieldRenders,
  facts: RenderFacts,
  tests: FieldTests,
): Label | undefined {
  const { old, target, live, result, isKept = false, isScaled = false } = views;
  const { same, fits, absent } = tests;
  const changes = !same(live, result);
  if (!changes && isKept && absent(target) && !absent(live)) return { cause: ["manager"] };
  const wanted = fits(target, result) || absent(target) ? {} : { wanted: target };
  const isDropped = views.isUnknown === true && !changes && !fits(target, result);
  if (!same(old, target)) {
    if (!changes && fits(target, result)) return undefined; // the cluster is there already
    const cause = manifestCause(views, renders, facts, tests);
    if (isDropped) return { cause: [...cause, "unknown"], ...wanted };
    // A field that the old manifest does not name may have the server's default.
    const overEdit = !fits(old, live) && !fits(target, live) && !absent(live) && (isKept || !absent(old));
    const more: Cause[] = fits(target, result) ? [] : ["server"];
    return { cause: [...cause, ...more], ...overEdit ? { overEdit } : {}, ...wanted };
  }
  if (!absent(target)) {
    if (fits(target, live)) return changes ? { cause: ["server"], ...wanted } : undefined;
    if (fits(target, result)) return { cause: ["drift"] };
    if (isDropped) return { cause: ["unknown"], ...wanted };
    return { cause: [changes ? "server" : isScaled ? "manager" : "drift-stays"], wanted: target };
  }
  if (!changes) return undefined;
  return { cause: [absent(live) ? "default" : "server"] };
}
