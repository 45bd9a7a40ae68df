/**
 * O10: CustomResourceDefinitions are ordinary documents of a manifest, so that deleting the release deletes all custom
 * resources in the cluster.
 *
 * @module
 */
import { counted, messageOf } from "../../base/mod.ts";
import { KubeError } from "../../../errors.ts";
import {
  type ApiResource,
  countObjects,
  isObject,
  type JsonObject,
  type KubeObject,
  type ResourceInfo,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { keyOf } from "../object_names.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, Examination } from "./examination.ts";
import type { FindingDetails, FindingFact } from "./finding.ts";
import { isKept } from "./orphans.ts";

/** O10. */
export const crdDocuments: DoctorCheck = {
  id: "O10",
  name: "crd-documents",
  scope: "release",
  async look(examination, examined) {
    const { deployed } = await revisionsOf(examined);
    if (deployed === undefined) return [];
    const { infos } = await examined.live.objectsOf(deployed.release);
    const definitions = infos.filter((info) => isDefinition(info) && !isKept(info.object.metadata ?? {}));
    if (definitions.length === 0) return [];
    const looks = await examined.live.read(definitions);
    const facts: FindingFact[] = [];
    for (const info of definitions) {
      const look = looks.get(keyOf(info));
      // Tiller reads the policy from the manifest alone, and so does skeg.
      if (look?.state !== "live") continue;
      facts.push({ source: "live objects", text: `${info.name}: ${await countText(examination, look.object)}` });
    }
    return facts.length === 0 ? [] : [finding(facts)];
  },
};

/** True for a CustomResourceDefinition. */
export function isDefinition({ resource }: ResourceInfo): boolean {
  return resource.kind === "CustomResourceDefinition" && resource.group === "apiextensions.k8s.io";
}

/** Returns the resource that a CustomResourceDefinition serves; `undefined` when it serves none. */
export function servedResource({ spec }: KubeObject): ApiResource | undefined {
  const { group, names, versions, scope } = isObject(spec) ? spec : {} as JsonObject;
  const { kind, plural } = isObject(names) ? names : {} as JsonObject;
  const all = Array.isArray(versions) ? versions.filter(isObject) : [];
  const version = (all.find(({ storage, served }) => storage === true && served === true) ??
    all.find(({ served }) => served === true))?.name;
  if (![group, kind, plural, version].every((text) => typeof text === "string" && text !== "")) return undefined;
  return {
    group: String(group),
    version: String(version),
    kind: String(kind),
    plural: String(plural),
    namespaced: scope !== "Cluster",
  };
}

async function countText({ env, noteUnseen }: Examination, definition: KubeObject): Promise<string> {
  const resource = servedResource(definition);
  if (resource === undefined) return "serves no version";
  try {
    const count = await countObjects(env.kube.cluster.transport, resource, callOptions(env));
    return `${counted(count, "custom resource")} in all namespaces`;
  } catch (error) {
    if (!(error instanceof KubeError) || env.signal?.aborted) throw error;
    noteUnseen(`number of ${resource.plural}.${resource.group}`, messageOf(error));
    return "an unknown number of custom resources";
  }
}

function finding(facts: readonly FindingFact[]): FindingDetails {
  return {
    severity: "note",
    title: `${
      counted(
        facts.length,
        "CustomResourceDefinition is an ordinary document",
        "CustomResourceDefinitions are ordinary documents",
      )
    } of the manifest`,
    evidence: facts,
    consequence:
      "Deleting the release, or an upgrade whose chart drops the definition, deletes all of its custom resources.",
    noRepair: 'keep it: give the document the annotation "helm.sh/resource-policy": keep in the chart',
  };
}
