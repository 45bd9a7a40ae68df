/**
 * The verdict of a readiness rule, and how rules read an object.
 *
 * A rule is a pure function of the object and of what is known around it ({@linkcode Related}); it sends no requests.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asList, asObject, asText, type JsonObject } from "../../base/mod.ts";
import type { Related } from "./related.ts";

/** The verdict about an object. */
export interface ObjectState {
  /**
   * - `ready`: the newest change has taken effect.
   * - `progress`: it is on its way.
   * - `failed`: its controller has given up.
   * - `deleting`: it is being deleted.
   */
  readonly state: "ready" | "progress" | "failed" | "deleting";
  /** The words for a person: what is missing, or what failed; of a ready object a note, or empty. */
  readonly reason: string;
  /** The verdict may change after this time without a change of the object, in milliseconds. */
  readonly recheckMs?: number | undefined;
}

/** A readiness rule. */
export type ReadyRule = (object: KubeObject, related: Related) => ObjectState;

/** The object is ready; a note says what is odd about it. */
export function ready(note = ""): ObjectState {
  return { state: "ready", reason: note };
}

/** The object waits for something. */
export function progress(reason: string, recheckMs?: number): ObjectState {
  return recheckMs === undefined ? { state: "progress", reason } : { state: "progress", reason, recheckMs };
}

/** The object's controller has given up. */
export function failed(reason: string): ObjectState {
  return { state: "failed", reason };
}

/** Returns `ready` for an empty text, else what is missing. */
export function unless(missing: string): ObjectState {
  return missing === "" ? ready() : progress(missing);
}

/** A condition of an object. */
export interface Condition {
  /** Such as `Ready`. */
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  /** One word for programs, or empty. */
  readonly reason: string;
  /** A sentence for people, or empty. */
  readonly message: string;
}

/** Returns `status.conditions`, or those of `from`. */
export function conditionsOf(object: unknown, from: unknown = asObject(object).status): Condition[] {
  return asList(asObject(from).conditions).map(asObject).map((each) => ({
    type: asText(each.type),
    status: asText(each.status),
    reason: asText(each.reason),
    message: asText(each.message),
  }));
}

/** Returns the condition of a type. */
export function conditionOf(object: unknown, type: string): Condition | undefined {
  return conditionsOf(object).find((each) => each.type === type);
}

/** Returns the words of a condition: its message, else its reason, else `type is status`. */
export function wordsOf({ type, status, reason, message }: Condition): string {
  const text = message.trim() || reason;
  return text === "" ? `${type} is ${status || "not set"}` : text;
}

/** Returns `spec`. */
export function specOf(object: KubeObject): JsonObject {
  return asObject(object.spec);
}

/** Returns `status`. */
export function statusOf(object: KubeObject): JsonObject {
  return asObject(object.status);
}

/** Returns a number. Some controllers write numbers as text; anything else counts as `fallback`. */
export function numberOf(value: unknown, fallback = 0): number {
  if (typeof value === "number") return value;
  if (typeof value === "bigint") return Number(value);
  return typeof value === "string" && /^-?\d+$/.test(value) ? Number(value) : fallback;
}

/** Returns the wanted replicas; 1 when the object names none, as on the server. */
export function wantedReplicas(workload: KubeObject): number {
  return numberOf(specOf(workload).replicas, 1);
}

/** Returns `1 of 3 pods are ready` when fewer are than wanted; else an empty text. */
export function fewer(found: number, wanted: number, what: string): string {
  return found < wanted ? `${found} of ${wanted} pods are ${what}` : "";
}
