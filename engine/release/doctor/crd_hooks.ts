/**
 * O11: the CustomResourceDefinition of a crd-install hook is missing, or lacks a version that the manifest uses. The hook
 * runs at the install only.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Hook } from "../../model/mod.ts";
import { isObject, type JsonObject, KubeManifest, type KubeObject } from "../../kube/mod.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, ProposedRepair } from "./finding.ts";
import { placeFlags, proposeCommand } from "./repairs.ts";

/** O11. */
export const crdHooks: DoctorCheck = {
  id: "O11",
  name: "crd-hook-missing",
  scope: "release",
  async look(examination, examined) {
    const { deployed } = await revisionsOf(examined);
    if (deployed === undefined) return [];
    const facts = clusterFacts(examination);
    const problems: CrdProblem[] = [];
    const documents: ProposedRepair[] = [];
    for (const hook of deployed.release.hooks.filter(({ events }) => events.includes("crd-install"))) {
      for (const definition of definitionsIn(hook)) {
        const live = await facts.definition(definition.metadata?.name ?? "");
        const problem = crdProblem(definition, live, deployed.release.manifest);
        if (problem === undefined) continue;
        problems.push(problem);
        const removed = await (await facts.snapshot()).findRemoved(new KubeManifest(`${hook.manifest}\n`));
        documents.push(remedy(examined, deployed.release.revision, hook, removed.length > 0));
      }
    }
    return problems.length === 0 ? [] : [crdFinding(problems, documents.slice(0, 1), deployed.release.revision)];
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

/** A CustomResourceDefinition that is missing or lacks a version. */
export interface CrdProblem {
  /** Its name. */
  readonly name: string;
  /** Its state on the server, such as `serves v1alpha1`. */
  readonly state: string;
  /** Objects of the manifest that need it. */
  readonly users: readonly string[];
}

/** Returns what is wrong with the definition of a hook; `undefined` if nothing is. Pure. */
export function crdProblem(
  definition: KubeObject,
  live: KubeObject | undefined,
  manifest: string,
): CrdProblem | undefined {
  const { name = "" } = definition.metadata ?? {};
  const { group, names } = specOf(definition);
  const kind = isObject(names) ? names.kind : undefined;
  const served = live === undefined ? [] : servedVersions(live);
  const used = objectsIn(manifest).filter((object) =>
    object.kind === kind && groupOf(object) === group && !served.includes(object.apiVersion?.split("/").at(-1) ?? "")
  );
  if (live !== undefined && used.length === 0) return undefined;
  return {
    name,
    state: live === undefined ? "missing" : `serves ${served.join(", ") || "no version"}`,
    users: used.map(({ kind, apiVersion, metadata }) =>
      `${kind} ${JSON.stringify(metadata?.name ?? "")} of ${apiVersion}`
    ),
  };
}

/** Returns the finding about all definitions of a release's hooks. Pure. */
export function crdFinding(
  problems: readonly CrdProblem[],
  repairs: readonly ProposedRepair[],
  revision: number,
): FindingDetails {
  const isUsed = problems.some(({ users }) => users.length > 0);
  return {
    severity: isUsed ? "broken" : "warning",
    title: `${
      counted(
        problems.length,
        "CustomResourceDefinition of a crd-install hook is",
        "CustomResourceDefinitions of crd-install hooks are",
      )
    } missing, or ${problems.length === 1 ? "lacks" : "lack"} a version`,
    revision,
    evidence: problems.flatMap(({ name, state, users }) => [
      { source: "live objects", text: `CustomResourceDefinition ${JSON.stringify(name)}: ${state}` },
      ...users.map((text) => ({ source: `manifest of revision ${revision}`, text: `${text} needs it` })),
    ]),
    consequence: "The hook runs at the install only, so no upgrade mends it. Upgrades that have such objects fail: " +
      "the server does not know their kind.",
    repairs,
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

/** `isRemoved`: the server does not have the API version of the hook's definitions. */
function remedy(
  { name, store }: ExaminedRelease,
  revision: number,
  { path }: Hook,
  isRemoved: boolean,
): ProposedRepair {
  const flags = placeFlags(store);
  const first = isRemoved
    ? ` First run 'skeg repair map-apis ${name}${flags === "" ? "" : ` ${flags}`} --yes': the server does not have ` +
      "their API version. Take those that it maps as 'structure only' from a newer version of the chart."
    : "";
  return proposeCommand(
    store,
    `skeg get hooks ${name} --revision ${revision}`,
    `prints all hooks. Create only the definitions, such as those from ${
      path || "the hook's template"
    }, with kubectl: ` +
      `Jobs among the hooks would run.${first}`,
  );
}
