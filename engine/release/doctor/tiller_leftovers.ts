/**
 * C2: objects that were made for a Tiller are left in namespaces without one.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import { objectWords } from "./_object_words.ts";
import type { DoctorCheck, PlacedFinding } from "./examination.ts";
import type { ProposedRepair } from "./finding.ts";
import { tillerDeployments, type TillerObject, tillerObjects } from "./tiller_facts.ts";

/** C2. */
export const tillerLeftovers: DoctorCheck = {
  id: "C2",
  name: "tiller-leftovers",
  scope: "cluster",
  async look(examination) {
    if (examination.options.release !== undefined) return [];
    const left = await tillerObjects(examination, await tillerDeployments(examination));
    return left.length === 0 ? [] : [leftoversFinding(left)];
  },
};

/** Kinds that `reset` removes. */
const RESET = new Set(["Deployment", "Service", "Secret"]);

/** Returns the finding about what is left. Pure. */
export function leftoversFinding(left: readonly TillerObject[]): PlacedFinding {
  const isAdmin = left.some(({ detail }) => detail.startsWith("binds ClusterRole cluster-admin"));
  const places = [...new Set(left.filter(({ kind }) => RESET.has(kind)).map(({ namespace }) => namespace))];
  const byHand = left.filter(({ kind }) => !RESET.has(kind));
  const repairs: ProposedRepair[] = [
    ...places.map((namespace) => ({
      command: `skeg reset --force --tiller-namespace ${namespace}`,
      effect: `deletes Tiller's Deployment, Service and Secret in namespace ${namespace}; releases stay`,
    })),
    ...byHand.length === 0 ? [] : [{
      command: "",
      effect: `delete by name what nothing else uses: ${byHand.map((object) => objectWords(object)).join("; ")}`,
    }],
  ];
  return {
    severity: isAdmin ? "warning" : "note",
    title: `${counted(left.length, "object")} of a Tiller that is gone ${left.length === 1 ? "is" : "are"} left`,
    evidence: left.map((object) => ({
      source: "live objects",
      text: `${objectWords(object)}${object.detail === "" ? "" : `: ${object.detail}`}`,
    })),
    consequence: isAdmin
      ? "Who may create pods in the account's namespace can use its rights, which are those of cluster-admin."
      : "They do nothing, and look as if a Tiller ran here.",
    repairs,
  };
}
