/**
 * C5: a quota limits the records' kind of object, or the namespace of the records is missing.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, isObject, type JsonObject, listPaged } from "../../kube/mod.ts";
import { compareQuantities, messageOf } from "../../base/mod.ts";
import { callOptions } from "../_calls.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { isRefused } from "./_refused.ts";
import type { DoctorCheck } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";

const QUOTAS: ApiResource = {
  group: "",
  version: "v1",
  kind: "ResourceQuota",
  plural: "resourcequotas",
  namespaced: true,
};

/** C5. */
export const quotas: DoctorCheck = {
  id: "C5",
  name: "records-limited",
  scope: "store",
  async look(examination, store) {
    const { storage, namespace } = store;
    if (storage !== "configmap" && storage !== "secret") return [];
    if (await clusterFacts(examination).namespace(namespace) === "gone") return [missing(namespace)];
    const { env, noteUnseen } = examination;
    try {
      const options = { ...callOptions(env), whole: true };
      const found = await listPaged(env.kube.cluster.transport, QUOTAS, namespace, options) ?? [];
      return found.flatMap((quota) => quotaFindings(quota, `${storage}s`));
    } catch (error) {
      if (!isRefused(error)) throw error;
      noteUnseen(`quotas of namespace ${namespace}`, messageOf(error));
      return [];
    }
  },
};

function missing(namespace: string): FindingDetails {
  return {
    severity: "warning",
    title: `namespace ${JSON.stringify(namespace)}, where records are to be kept, does not exist`,
    evidence: [{ source: "namespaces", text: `the server has no namespace ${JSON.stringify(namespace)}` }],
    consequence: "Nothing can be recorded. Tiller installs all the same, and then has no record of it.",
    noRepair: "create the namespace, or choose another one with --tiller-namespace",
  };
}

/** Returns what a quota says about a kind of object: `configmaps` or `secrets`. Pure. */
export function quotaFindings(quota: KubeObject, plural: string): FindingDetails[] {
  const { name = "", namespace = "" } = quota.metadata ?? {};
  const { hard, used } = isObject(quota.status) ? quota.status : {} as JsonObject;
  const limits = isObject(hard) ? hard : isObject(quota.spec) && isObject(quota.spec.hard) ? quota.spec.hard : {};
  const counts = isObject(used) ? used : {};
  return [plural, `count/${plural}`].filter((key) => Object.hasOwn(limits, key)).map((key): FindingDetails => {
    const [limit, count] = [String(limits[key]), String(counts[key] ?? 0)];
    const isFull = (compareQuantities(count, limit) ?? -1) >= 0;
    const isNear = Number(count) >= Number(limit) * 0.9;
    return {
      severity: isFull ? "broken" : isNear ? "warning" : "note",
      title: `a quota limits ${plural} in namespace ${JSON.stringify(namespace)}: ${count} of ${limit} are used`,
      evidence: [{ source: `ResourceQuota ${namespace}/${name}`, text: `${key}: ${count} of ${limit} used` }],
      consequence: isFull
        ? "The next revision cannot be recorded: install, upgrade and rollback fail. Tiller creates the objects all the same."
        : "When it is used up, no revision can be recorded.",
      noRepair: "raise the quota, or keep fewer revisions with --history-max",
    };
  });
}
