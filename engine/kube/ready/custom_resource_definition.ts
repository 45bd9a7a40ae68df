/**
 * CustomResourceDefinitions.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import type { Related } from "./related.ts";
import { conditionOf, failed, type ObjectState, ready, unless, wordsOf } from "./state.ts";

/** Established, and its kinds are in discovery. */
export function definitionState(definition: KubeObject, { isServed }: Related): ObjectState {
  const names = conditionOf(definition, "NamesAccepted");
  if (names?.status === "False") return failed(wordsOf(names));
  const policy = conditionOf(definition, "KubernetesAPIApprovalPolicyConformant");
  if (policy?.status === "False") return failed(wordsOf(policy));
  const established = conditionOf(definition, "Established");
  if (established?.status === "False" && established.reason !== "Installing") return failed(wordsOf(established));
  if (established?.status !== "True") return unless("it is not established yet");
  return isServed === false ? unless("its kinds are not in discovery yet") : ready();
}
