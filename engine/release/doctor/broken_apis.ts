/**
 * C6: aggregated APIs are down.
 *
 * @module
 */
import { counted, messageOf } from "../../base/mod.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, isObject, type JsonObject, listPaged } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { isRefused } from "./_refused.ts";
import type { DoctorCheck, Examination } from "./examination.ts";
import type { FindingFact } from "./finding.ts";

/** C6. */
export const brokenApis: DoctorCheck = {
  id: "C6",
  name: "api-down",
  scope: "cluster",
  async look(examination) {
    const services = await listOrNote(examination, "apiregistration.k8s.io", "APIService", "apiservices");
    const facts = services.flatMap(downFacts);
    await noteUnlisted(examination);
    return facts.length === 0 ? [] : [{
      severity: "warning",
      title: `${counted(facts.length, "aggregated API is", "aggregated APIs are")} down`,
      evidence: facts,
      consequence: "Objects of its kinds cannot be read or changed, and no namespace can be deleted completely.",
      noRepair: "start its server again, or delete the APIService by name if the server is gone for good",
    }];
  },
};

/** Lists cluster-scoped objects whole; a refusal is noted, and gives an empty list. */
export async function listOrNote(
  examination: Examination,
  group: string,
  kind: string,
  plural: string,
): Promise<KubeObject[]> {
  const { env, noteUnseen } = examination;
  const resource: ApiResource = { group, version: "v1", kind, plural, namespaced: false };
  try {
    return await listPaged(env.kube.cluster.transport, resource, "", { ...callOptions(env), whole: true }) ?? [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    noteUnseen(`${plural}.${group}`, messageOf(error));
    return [];
  }
}

/** Returns why an APIService with a server of its own is down; empty if it is not. Pure. */
export function downFacts({ metadata, spec, status }: KubeObject): FindingFact[] {
  const { service } = isObject(spec) ? spec : {} as JsonObject;
  if (!isObject(service)) return [];
  const conditions = isObject(status) && Array.isArray(status.conditions) ? status.conditions.filter(isObject) : [];
  const available = conditions.find(({ type }) => type === "Available");
  if (available === undefined || available.status === "True") return [];
  const why = [available.reason, available.message].filter((word) => typeof word === "string" && word !== "").join(
    ": ",
  );
  return [{
    source: `APIService ${metadata?.name}`,
    text: `its Service ${service.namespace}/${service.name} does not answer: ${why || "no reason given"}`,
  }];
}

/** Notes kinds that the server could not list, if a release has objects of them. */
async function noteUnlisted(examination: Examination): Promise<void> {
  const { discovered } = await clusterFacts(examination).snapshot();
  for (const version of discovered.failed) {
    const [group = ""] = version.split("/", 1);
    const users = examination.deployedObjects.filter(({ objects }) => objects.some((object) => object.group === group));
    if (users.length === 0) continue;
    const names = users.map(({ release }) => release).join(", ");
    examination.noteUnseen(
      `objects of ${version} (releases: ${names})`,
      "the server could not list the kinds of this API",
    );
  }
}
