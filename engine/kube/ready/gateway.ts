/**
 * Gateways, and the routes of the Gateway API.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject } from "../../base/mod.ts";
import { type Condition, conditionsOf, type ObjectState, progress, ready, statusOf, wordsOf } from "./state.ts";

/** A Gateway is ready when it is accepted and programmed. */
export function gatewayState(gateway: KubeObject): ObjectState {
  return allTrue(conditionsOf(gateway), ["Accepted", "Programmed"]);
}

/** A route is ready when every parent has accepted it and found what it refers to. */
export function routeState(route: KubeObject): ObjectState {
  const parents = asList(statusOf(route).parents).map(asObject);
  if (parents.length === 0) return progress("no gateway has accepted it yet");
  for (const parent of parents) {
    const conditions = conditionsOf(undefined, parent);
    const found = allTrue(conditions, ["Accepted"]);
    if (found.state !== "ready") return found;
    const references = conditions.find(({ type }) => type === "ResolvedRefs");
    if (references?.status === "False") return progress(wordsOf(references));
  }
  return ready();
}

function allTrue(conditions: readonly Condition[], types: readonly string[]): ObjectState {
  for (const type of types) {
    const found = conditions.find((each) => each.type === type);
    if (found === undefined) return progress(`it is not ${type.toLowerCase()} yet`);
    if (found.status !== "True") return progress(wordsOf(found));
  }
  return ready();
}
