/**
 * O11: the CustomResourceDefinition of a crd-install hook is missing, or lacks a version that the manifest uses. The hook
 * runs at the install only.
 *
 * @module
 */
import type { Hook, Release } from "../../model/mod.ts";
import { isObject, type JsonObject, KubeManifest, type KubeObject } from "../../kube/mod.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { revisionsOf } from "./_revisions.ts";
import type { Check, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import { proposeCommand } from "./repairs.ts";

/** O11. */
export const crdHooks: Check = {
  id: "O11",
  name: "crd-hook-missing",
  scope: "release",
  async look(examination, examined) {
    const { deployed } = await revisionsOf(examined);
    if (deployed === undefined) return [];
    const facts = clusterFacts(examination);
    const findings: FindingDetails[] = [];
    for (const hook of deployed.release.hooks.filter(({ events }) => events.includes("crd-install"))) {
      for (const definition of definitionsIn(hook)) {
        const { name = "" } = definition.metadata ?? {};
        const live = await facts.definition(name);
        const problem = crdProblem(definition, live, deployed.release);
        if (problem !== undefined) findings.push({ ...problem, ...remedy(examined, deployed.release.revision, hook) });
      }
    }
    return findings;
  },
};

/** Returns the CustomResourceDefinitions in a hook's document. */
export function definitionsIn({ manifest }: Pick<Hook, "manifest">): KubeObject[] {
  return objectsIn(manifest).filter(({ kind, metadata }) =>
    kind === "CustomResourceDefinition" && typeof metadata?.name === "string"
  );
}

function objectsIn(text: string): KubeObject[] {
  return new KubeManifest(`${text}\n`).entries().flatMap((entry) => {
    if (!("wanted" in entry)) return [];
    const { items } = entry.object;
    return Array.isArray(items) ? items.filter(isObject) : [entry.object];
  }) as KubeObject[];
}

/** Returns what is wrong with the definition of a hook; `undefined` if nothing is. Pure. */
export function crdProblem(
  definition: KubeObject,
  live: KubeObject | undefined,
  { manifest, revision }: Pick<Release, "manifest" | "revision">,
): Omit<FindingDetails, "repairs" | "noRepair"> | undefined {
  const { name = "" } = definition.metadata ?? {};
  const { group, names } = specOf(definition);
  const kind = isObject(names) ? names.kind : undefined;
  const used = objectsIn(manifest).filter((object) => object.kind === kind && groupOf(object) === group);
  const versions = [...new Set(used.map(({ apiVersion = "" }) => apiVersion.split("/").at(-1) ?? ""))];
  const consequence = "The hook runs at the install only, so no upgrade mends it. Upgrades that have such objects fail: " +
    "the server does not know their kind.";
  const users = used.map((object) => `${object.kind} ${JSON.stringify(object.metadata?.name ?? "")} of ${object.apiVersion}`);
  const userFacts = users.map((text) => ({ source: `manifest of revision ${revision}`, text }));
  if (live === undefined) {
    return {
      severity: used.length > 0 ? "broken" : "warning",
      title: `CustomResourceDefinition ${JSON.stringify(name)} of a crd-install hook is missing`,
      revision,
      evidence: [{ source: "live objects", text: `the server has no ${JSON.stringify(name)}` }, ...userFacts],
      consequence,
    };
  }
  const served = servedVersions(live);
  const lacking = versions.filter((version) => !served.includes(version));
  if (lacking.length === 0) return undefined;
  return {
    severity: "broken",
    title: `CustomResourceDefinition ${JSON.stringify(name)} does not serve ${lacking.join(", ")}, which the manifest uses`,
    revision,
    evidence: [{ source: "live objects", text: `${JSON.stringify(name)} serves ${served.join(", ") || "no version"}` }, ...userFacts],
    consequence,
  };
}

function specOf({ spec }: KubeObject): JsonObject {
  return isObject(spec) ? spec : {};
}

function groupOf({ apiVersion = "" }: KubeObject): string {
  return apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "";
}

function servedVersions(definition: KubeObject): string[] {
  const { versions, version } = specOf(definition);
  const listed = Array.isArray(versions) ? versions.filter(isObject) : [];
  if (listed.length === 0) return typeof version === "string" ? [version] : [];
  return listed.filter(({ served }) => served !== false).map(({ name }) => String(name));
}

function remedy({ name, store }: ExaminedRelease, revision: number, hook: Hook): { repairs: ProposedRepair[] } {
  return {
    repairs: [
      proposeCommand(
        store,
        `skeg get hooks ${name} --revision ${revision}`,
        `prints the document, from ${hook.path || "its template"}: kubectl apply creates it`,
      ),
    ],
  };
}
