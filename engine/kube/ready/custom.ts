/**
 * Custom resources without a rule of their own: by the conditions and words that most controllers use.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../../base/mod.ts";
import { graceLeft, type Related } from "./related.ts";
import { conditionsOf, failed, type ObjectState, progress, ready, statusOf, wordsOf } from "./state.ts";

/** Conditions that say that an object is ready; the first that is there counts. */
const CONDITIONS = ["Ready", "Available", "Succeeded", "Complete", "Completed", "Healthy", "Established"];
/** Fields of the status that name a state. */
const FIELDS = ["phase", "state", "health"];
const READY_WORDS = new Set(
  ["ready", "running", "active", "bound", "healthy", "succeeded", "completed", "available", "ok", "green"],
);
const FAILED_WORDS = new Set(["failed", "error", "errored"]);
/** How long an object without any status may be waited for: its controller may not have seen it. */
const SILENCE_MS = 10_000;

/** Judges by a condition, else by a word of the status, else the object is ready when it is there. */
export function customState(object: KubeObject, related: Related): ObjectState {
  const status = statusOf(object);
  if (Object.keys(status).length === 0 && related.hasStatus === true) {
    const left = graceLeft(related, SILENCE_MS);
    return left === 0 ? ready("its controller said nothing") : progress("its controller has not reported yet", left);
  }
  const conditions = conditionsOf(object);
  const type = CONDITIONS.find((each) => conditions.some((condition) => condition.type === each));
  // Crossplane: a resource can be ready and not yet synced.
  const decisive = conditions.filter((each) => each.type === type || type === "Ready" && each.type === "Synced");
  const missing = decisive.find((each) => each.status !== "True");
  if (missing !== undefined) return progress(wordsOf(missing));
  if (decisive.length > 0) return ready();
  return byWord(status, related);
}

function byWord(status: Record<string, unknown>, { hasChanged = false }: Related): ObjectState {
  const field = FIELDS.find((each) => asText(status[each]) !== "");
  if (field === undefined) return ready();
  const word = asText(status[field]);
  if (READY_WORDS.has(word.toLowerCase())) return ready();
  const words = asText(status.message) || asText(status.reason) || `${field} is ${word}`;
  if (FAILED_WORDS.has(word.toLowerCase())) return failed(words);
  // An unknown word may be the last one; only a controller that is at work can still change it.
  return hasChanged ? progress(words) : ready(`${field} is ${word}`);
}

/** Kinds of Kubernetes without a rule: ready when they are there, unless a condition Ready says otherwise. */
export function plainState(object: KubeObject): ObjectState {
  const condition = conditionsOf(object).find(({ type }) => type === "Ready");
  return condition === undefined || condition.status === "True" ? ready() : progress(wordsOf(condition));
}
