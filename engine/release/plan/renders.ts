/**
 * Renders made only to explain a change: the same release with the old chart, the old values, or other randomness.
 *
 * @module
 */
import type { Instant } from "../../base/mod.ts";
import type { Capabilities, Chart, Release } from "../../model/mod.ts";
import { renderRelease, traceChart, type TracedLine } from "../../chart/render/mod.ts";
import { coalesceValues } from "../../chart/values/mod.ts";
import type { RenderFacts } from "../../kube/explain/mod.ts";
import { isSameChart, isSameConfig } from "./same_chart.ts";
import { documentObjects, finderOf, type ManifestObject } from "./manifest_objects.ts";

/** Two revisions of a release; the new one may not exist yet. */
export interface RevisionPair {
  /** The old one; absent for an install. */
  readonly old: Release | undefined;
  /** The new one. */
  readonly target: Release;
}

/** Finds an object by its identity. */
type Find = ReturnType<typeof finderOf>;

/** Renders of a pair of revisions. */
export interface ExplainingRenders {
  /** Which exist. */
  readonly facts: RenderFacts;
  /** Old chart and old values, as the new revision. */
  readonly base?: Find | undefined;
  /** New chart and old values. */
  readonly newChart?: Find | undefined;
  /** Old chart and new values. */
  readonly newValues?: Find | undefined;
  /** The new revision, rendered again. */
  readonly first?: Find | undefined;
  /** The new revision with other randomness and another clock. */
  readonly again?: Find | undefined;
  /** Traced lines of the new revision, by template. */
  readonly traced?: Readonly<Record<string, readonly TracedLine[]>> | undefined;
  /** Traced lines of the old chart and values. */
  readonly tracedBase?: Readonly<Record<string, readonly TracedLine[]>> | undefined;
  /** Values of both sides as templates saw them. */
  readonly values: { readonly old: unknown; readonly target: unknown };
}

/** Nothing rendered: neither chart nor values are known to differ. */
export const NOT_RENDERED: ExplainingRenders = {
  facts: { hasBase: false, hasAgain: false, chartChanged: false, valuesChanged: false },
  values: { old: {}, target: {} },
};

/**
 * Renders what explains the difference of two revisions. A render that fails is left out; then fewer reasons are known.
 */
export async function explainingRenders(
  { old, target }: RevisionPair,
  capabilities: Capabilities,
): Promise<ExplainingRenders> {
  const chart = target.chart;
  if (chart === undefined) return NOT_RENDERED;
  const oldChart = old?.chart;
  const [oldConfig, newConfig] = [old?.config?.raw ?? "{}\n", target.config?.raw ?? "{}\n"];
  const chartChanged = oldChart !== undefined && !isSameChart(oldChart, chart);
  const valuesChanged = old !== undefined && !isSameConfig(oldConfig, newConfig);
  const with_ = (given: Chart | undefined, config: string, seed: number) =>
    given === undefined ? undefined : attempt(() => objectsOf(given, config, target, capabilities, seed));
  const both = chartChanged && valuesChanged;
  const traced = await attempt(() => tracedOf(chart, newConfig, target, capabilities));
  const tracedBase = oldChart && await attempt(() => tracedOf(oldChart, oldConfig, target, capabilities));
  const base = await with_(oldChart, oldConfig, 1);
  const first = await with_(chart, newConfig, 1);
  const again = await with_(chart, newConfig, 2);
  return {
    facts: {
      hasBase: base !== undefined && (!both || first !== undefined),
      hasAgain: first !== undefined && again !== undefined,
      chartChanged,
      valuesChanged,
    },
    base,
    newChart: both ? await with_(chart, oldConfig, 1) : undefined,
    newValues: both ? await with_(oldChart, newConfig, 1) : undefined,
    first,
    again,
    traced,
    tracedBase,
    values: { old: valuesOf(oldChart, oldConfig), target: valuesOf(chart, newConfig) },
  };
}

/** Returns a result, or `undefined` if the work fails: explaining is never a reason to fail. */
async function attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}

function valuesOf(chart: Chart | undefined, config: string): unknown {
  try {
    return chart === undefined ? {} : coalesceValues(chart, config, () => {}, "read");
  } catch {
    return {};
  }
}

/** Returns randomness and a clock that are the same for the same seed. */
export function seeded(seed: number): { readonly clock: () => Instant; readonly random: () => number } {
  let state = seed * 2654435761 % 4294967296;
  return {
    random: () => {
      state = (state * 1664525 + 1013904223) % 4294967296;
      return state / 4294967296;
    },
    clock: () => ({ seconds: 1_000_000_000 + seed * 86_461, nanos: 0 }),
  };
}

function releaseFacts({ name, namespace, revision }: Release, seed: number) {
  const isInstall = revision <= 1;
  return { name, namespace, revision, isInstall, isUpgrade: !isInstall, time: seeded(seed).clock() };
}

async function objectsOf(
  chart: Chart,
  config: string,
  target: Release,
  capabilities: Capabilities,
  seed: number,
): Promise<Find> {
  const rendered = await renderRelease({
    chart,
    config,
    release: releaseFacts(target, seed),
    capabilities,
    anyCluster: true,
    ...seeded(seed),
    log: () => {},
    warn: () => {},
  });
  const parts = [...rendered.manifests, ...rendered.hooks.map(({ path, manifest }) => ({ path, text: manifest }))];
  return finderOf(parts.flatMap(({ path, text }): ManifestObject[] => documentObjects(text, path, target.namespace)));
}

async function tracedOf(
  chart: Chart,
  config: string,
  target: Release,
  capabilities: Capabilities,
): Promise<Record<string, TracedLine[]>> {
  return await traceChart(chart, {
    values: config,
    release: { ...releaseFacts(target, 1), service: "Tiller" },
    capabilities: { ...capabilities, apiVersions: [...capabilities.apiVersions] },
    wasSent: true,
    ...seeded(1),
    warn: () => {},
  });
}
