/** Objects and ages in the words of findings. */
import { counted } from "../../base/mod.ts";
import type { ResourceInfo } from "../../kube/mod.ts";

/** The parts of an object that are told. */
export interface ToldObject {
  /** Such as `ConfigMap`. */
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
}

/** The most names of one kind and namespace in a line. */
const NAMES_MAX = 50;

/** Returns the told parts of an object. */
export function toldOf({ resource, namespace, name }: ResourceInfo): ToldObject {
  return { kind: resource.kind, namespace, name };
}

/**
 * Returns one line for each kind and namespace, such as `ConfigMap "a", "b"` and `Service "c" in namespace "blue"`.
 *
 * @param home The namespace that goes without saying.
 */
export function objectLines(objects: readonly ToldObject[], home = ""): string[] {
  const groups = Map.groupBy(objects, ({ kind, namespace }) => `${kind}/${namespace}`);
  return [...groups.values()].map((group) => {
    const [{ kind, namespace } = { kind: "", namespace: "" }] = group;
    const names = group.slice(0, NAMES_MAX).map(({ name }) => JSON.stringify(name)).join(", ");
    const more = group.length > NAMES_MAX ? ` and ${group.length - NAMES_MAX} more` : "";
    const where = namespace === "" || namespace === home ? "" : ` in namespace ${JSON.stringify(namespace)}`;
    return `${kind} ${names}${more}${where}`;
  });
}

/** Returns one object: `ConfigMap "a"`, `Service "c" in namespace "blue"`. */
export function objectWords(object: ToldObject, home = ""): string {
  return objectLines([object], home).join("");
}

/** Returns the Unix seconds of a time of the server; `undefined` for anything else. */
export function secondsOf(time: unknown): number | undefined {
  const parsed = typeof time === "string" ? Date.parse(time) : NaN;
  return Number.isNaN(parsed) ? undefined : Math.floor(parsed / 1000);
}

const UNITS = [[86_400, "day"], [3600, "hour"], [60, "minute"]] as const;

/** Returns a duration in its largest unit, such as `3 days`. */
export function durationText(seconds: number): string {
  for (const [size, unit] of UNITS) {
    if (seconds >= size * 2 || seconds === size) return counted(Math.floor(seconds / size), unit);
  }
  return counted(Math.max(0, Math.floor(seconds)), "second");
}
