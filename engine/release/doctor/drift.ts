/**
 * O2: fields of live objects differ from the DEPLOYED manifest.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { KubeObject, ResourceInfo } from "../../kube/mod.ts";
import { type ApiResource, isObject, type JsonObject, listPaged } from "../../kube/mod.ts";
import { type Change, compareDrift } from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import { keyOf } from "../object_names.ts";
import { isRefused } from "./_refused.ts";
import { mayBeChanged } from "./_changed_by_others.ts";
import { objectWords, toldOf } from "./_object_words.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, Examination } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import { proposeCommand } from "./repairs.ts";

/** The most fields of one object that are named. */
const FIELDS_MAX = 8;

/** O2. */
export const drift: DoctorCheck = {
  id: "O2",
  name: "drift",
  scope: "release",
  async look(examination, examined) {
    const { newest, deployed } = await revisionsOf(examined);
    // While a newer revision is unfinished, another check compares objects with both.
    if (deployed === undefined || newest?.release.revision !== deployed.release.revision) return [];
    const { infos } = await examined.live.objectsOf(deployed.release);
    const existing = await examined.live.existing(infos);
    const doubtful = infos.filter((info) => {
      const found = existing.get(keyOf(info));
      return found !== undefined && !found.isUnread && mayBeChanged(found.metadata);
    });
    const looks = await examined.live.read(doubtful);
    const changed: DriftedObject[] = [];
    for (const info of doubtful) {
      const look = looks.get(keyOf(info));
      if (look?.state !== "live") continue;
      const changes = await withoutScaling(examination, info, driftOf(info.object, look.object));
      if (changes.length > 0) changed.push({ info, changes });
    }
    if (changed.length === 0) return [];
    const { name, store } = examined;
    const effect = "shows the values; an upgrade with --apply three-way sets them back";
    return [driftFinding(changed, deployed.release, [proposeCommand(store, `skeg diff live ${name}`, effect)])];
  },
};

/** An object and its changed fields. */
export interface DriftedObject {
  /** The object. */
  readonly info: ResourceInfo;
  /** At least one. */
  readonly changes: readonly Change[];
}

/** Returns the fields of a manifest's object that have another value in the cluster. Fields that others added are left out. */
export function driftOf(manifest: KubeObject, live: KubeObject): Change[] {
  return compareDrift(manifest, live).filter(({ before, after, order }) =>
    before !== undefined && order !== true && !(after === undefined && isZero(before))
  );
}

/** True for a value that the server does not store. */
function isZero(value: unknown): boolean {
  if (typeof value === "object" && value !== null) return Object.values(value).every(isZero);
  return value === undefined || value === null || value === false || value === 0 || value === "";
}

const AUTOSCALERS: ApiResource = {
  group: "autoscaling",
  version: "v1",
  kind: "HorizontalPodAutoscaler",
  plural: "horizontalpodautoscalers",
  namespaced: true,
};

/** Leaves out a number of replicas that an autoscaler has set. */
async function withoutScaling({ env }: Examination, info: ResourceInfo, changes: Change[]): Promise<Change[]> {
  if (!changes.some(({ path }) => path === "/spec/replicas")) return changes;
  let scalers: readonly KubeObject[] = [];
  try {
    const options = { ...callOptions(env), whole: true };
    scalers = await listPaged(env.kube.cluster.transport, AUTOSCALERS, info.namespace, options) ?? [];
  } catch (error) {
    if (!isRefused(error)) return changes;
  }
  const isScaled = scalers.some(({ spec }) => {
    const { scaleTargetRef } = isObject(spec) ? spec : {} as JsonObject;
    const { kind, name } = isObject(scaleTargetRef) ? scaleTargetRef : {} as JsonObject;
    return kind === info.resource.kind && name === info.name;
  });
  return isScaled ? changes.filter(({ path }) => path !== "/spec/replicas") : changes;
}

/** Returns the finding. It names fields, and no values: they may be secret. */
export function driftFinding(
  objects: readonly DriftedObject[],
  { revision, namespace }: { readonly revision: number; readonly namespace: string },
  repairs: readonly ProposedRepair[],
): FindingDetails {
  return {
    severity: "note",
    title: `${counted(objects.length, "object differs", "objects differ")} from the manifest of revision ${revision}`,
    revision,
    evidence: objects.map(({ info, changes }) => ({
      source: "live objects",
      text: `${objectWords(toldOf(info), namespace)}: ${fieldsText(changes)}`,
    })),
    consequence: "An upgrade in Helm 2's way sends the difference of two manifests, so these fields stay as they are " +
      "until a chart changes them.",
    repairs,
  };
}

function fieldsText(changes: readonly Change[]): string {
  const shown = changes.slice(0, FIELDS_MAX).map(({ path, after, manager, at }) => {
    const who = manager === undefined ? "" : `, by ${manager}${at === undefined ? "" : ` at ${at}`}`;
    return `${path || "the whole object"} ${after === undefined ? "is gone" : "was changed"}${who}`;
  });
  const more = changes.length - FIELDS_MAX;
  return more > 0 ? `${shown.join("; ")}; and ${more} more` : shown.join("; ");
}
