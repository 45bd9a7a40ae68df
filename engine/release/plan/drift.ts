/**
 * Compares what a release's record says with what is in the cluster.
 *
 * @module
 */
import { inPool } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { call, KubeManifest, type KubeObject, objectPath, type ResourceInfo } from "../../kube/mod.ts";
import {
  type ChangeReport,
  compareDrift,
  createMasking,
  hideIgnored,
  type IsUnknownField,
  maskReport,
  type ObjectChange,
} from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { getRelease } from "../status.ts";
import { type CompareChoices, configOf, withoutSuppressed } from "./compare_revisions.ts";
import { liveState } from "./live_state.ts";
import { isStaying, releaseChange, stayingCounts, summaryOf } from "./report.ts";
import { unknownFieldTest } from "./unknown_fields.ts";

/** Options of {@linkcode diffLive}. */
export interface DiffLiveOptions extends CompareChoices {
  /** The release. */
  readonly name: string;
  /** Default: the newest. */
  readonly revision?: number | undefined;
}

/** Reads at the same time. */
const READS_MAX = 16;

/**
 * Compares a revision's objects with the cluster: fields that were edited, fields that other managers added, and objects
 * that are gone.
 *
 * @throws SkegError of kind `not-found`.
 */
export async function diffLive(env: Environment, options: DiffLiveOptions): Promise<ChangeReport> {
  const release = await getRelease(env, { name: options.name, revision: options.revision });
  const recorded = new KubeManifest(release.manifest);
  // Fields are compared in the API version that the server has.
  const [mapped] = await env.kube.mapRemoved(
    release.namespace,
    [{ manifest: recorded, use: "original" }],
    callOptions(env),
  );
  const manifest = mapped?.manifest ?? recorded;
  const infos = await env.kube.resolve(release.namespace, manifest, callOptions(env));
  const live = await readAll(env, infos);
  const compared = await compareAll(env, infos, live, options);
  const objects = compared.filter((object) => object.changes.length > 0 && (options.only?.(object) ?? true))
    .map((object) => withoutSuppressed(object, options));
  const report: ChangeReport = {
    schema: 1,
    operation: "live",
    release: releaseChange(release, release),
    objects,
    hooks: [],
    risks: [],
    summary: {
      ...summaryOf(compared, objects, options.only),
      objects: infos.length,
      missing: count(objects, "missing"),
      unknown: stayingCounts(objects).unknown,
    },
  };
  if (options.masker === undefined) return report;
  const all = [...infos.map(({ object }) => object), ...live.filter((object) => object !== undefined)];
  return maskReport(report, createMasking(all, [configOf(release)], options.masker));
}

const count = (objects: readonly ObjectChange[], action: string): number =>
  objects.filter((object) => object.action === action).length;

/** Reads the live objects; `undefined` for those that do not exist. */
async function readAll(env: Environment, infos: readonly ResourceInfo[]): Promise<(KubeObject | undefined)[]> {
  const found: (KubeObject | undefined)[] = [];
  await inPool(infos, READS_MAX, async (info, at) => {
    const path = objectPath(info.resource, info.namespace, info.name);
    try {
      found[at] = await call(env.kube.cluster.transport, { method: "GET", path, signal: env.signal }) as KubeObject;
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "not-found") throw error;
    }
  });
  return infos.map((_, at) => found[at]);
}

/** Compares all objects; reads the server's schemas where the cluster lacks a field of the manifest. */
async function compareAll(
  env: Environment,
  infos: readonly ResourceInfo[],
  live: readonly (KubeObject | undefined)[],
  choices: DiffLiveOptions,
): Promise<ObjectChange[]> {
  const compared = infos.map((info, at) => compareOne(info, live[at], choices));
  const isLost = (at: number): boolean =>
    live[at] !== undefined && compared[at]?.changes.some(({ after }) => after === undefined) === true;
  const lacking = infos.filter((_, at) => isLost(at)).map(({ object }) => object);
  const isUnknown = await unknownFieldTest(env, lacking);
  if (isUnknown === undefined) return compared;
  return compared.map((change, at) => {
    const info = infos[at];
    return info === undefined || !isLost(at) ? change : compareOne(info, live[at], choices, isUnknown);
  });
}

function compareOne(
  info: ResourceInfo,
  live: KubeObject | undefined,
  choices: DiffLiveOptions,
  isUnknown?: IsUnknownField,
): ObjectChange {
  const { resource, namespace, name, object } = info;
  const id = { group: resource.group, kind: resource.kind, namespace, name };
  if (live === undefined) {
    const changes = [{ path: "", before: object, cause: ["drift" as const] }];
    return { id, action: "missing", predicted: "server", live: null, changes };
  }
  const all = compareDrift(object, live, isUnknown);
  const { changes } = hideIgnored(id, all, choices.ignore ?? [], [object, live]);
  const ignored = all.length - changes.length;
  return {
    id,
    action: changes.every(isStaying) ? "none" : "update",
    predicted: "server",
    ...ignored === 0 ? {} : { ignored },
    live: liveState(live),
    ...choices.withDocuments ? { documents: { before: object, after: live } } : {},
    changes,
  };
}
