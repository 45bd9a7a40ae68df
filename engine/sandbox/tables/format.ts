/**
 * Texts for the cells of the server's tables.
 *
 * @module
 */
import { at, type Json, listOf, mapOf, mapsOf, textOf } from "../json.ts";

/** Context that all rows of a table share. */
export interface RowContext {
  readonly now: Date;
}

/** Makes the cells of one row. */
export type Cells = (object: Json, context: RowContext) => unknown[];

/**
 * Returns a length of time in at most two units, as `kubectl` shows ages. Source: `HumanDuration`
 * in `apimachinery/pkg/util/duration/duration.go`, whose steps these are.
 */
export function humanDuration(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  // A difference of one second between two clocks still counts as now.
  if (seconds < -1) return "<invalid>";
  if (seconds < 0) return "0s";
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (hours < 192) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (hours < 24 * 365 * 2) return `${days}d`;
  const years = Math.floor(days / 365);
  if (hours < 24 * 365 * 8 && days % 365 !== 0) return `${years}y${days % 365}d`;
  return `${years}y`;
}

/** The time since a timestamp. */
export function since(timestamp: unknown, context: RowContext): string {
  const time = Date.parse(textOf(timestamp));
  return Number.isNaN(time) ? "<unknown>" : humanDuration(context.now.getTime() - time);
}

/** The object's age. */
export function age(object: Json, context: RowContext): string {
  return since(at(object, "metadata", "creationTimestamp"), context);
}

/** The object's name. */
export function nameOf(object: Json): string {
  return textOf(at(object, "metadata", "name"));
}

/** Labels as `a=b,c=d`; `<none>` when there are none. */
export function labelText(labels: unknown): string {
  const entries = Object.entries(mapOf(labels)).map(([key, value]) => `${key}=${value}`);
  return entries.length === 0 ? "<none>" : entries.sort().join(",");
}

function expressionText(expression: Json): string {
  const key = textOf(expression["key"]);
  const values = listOf(expression["values"]).map(textOf).sort().join(",");
  switch (expression["operator"]) {
    case "In":
      return `${key} in (${values})`;
    case "NotIn":
      return `${key} notin (${values})`;
    case "Exists":
      return key;
    default:
      return `!${key}`;
  }
}

/** A selector of a spec as one line; `<none>` when it wants everything. */
export function selectorText(selector: unknown): string {
  const labels = Object.entries(mapOf(at(selector, "matchLabels"))).map(([key, value]) => `${key}=${value}`);
  const parts = [...labels, ...mapsOf(at(selector, "matchExpressions")).map(expressionText)];
  return parts.length === 0 ? "<none>" : parts.sort().join(",");
}

/** Names and images of containers. */
export function containers(template: unknown): [string, string] {
  const list = mapsOf(at(template, "spec", "containers"));
  return [list.map((c) => textOf(c["name"])).join(","), list.map((c) => textOf(c["image"])).join(",")];
}

/** Access modes by their short names. */
export function modesText(modes: unknown): string {
  const names: Record<string, string> = {
    ReadWriteOnce: "RWO",
    ReadOnlyMany: "ROX",
    ReadWriteMany: "RWX",
    ReadWriteOncePod: "RWOP",
  };
  // Always in this order, whatever the order in the spec (`GetAccessModesAsString`).
  const given = listOf(modes).map(textOf);
  return Object.keys(names).filter((mode) => given.includes(mode)).map((mode) => names[mode]).join(",");
}

/** True when a condition of a type has the status True. */
export function hasCondition(object: Json, type: string): boolean {
  return mapsOf(at(object, "status", "conditions")).some((c) => c["type"] === type && c["status"] === "True");
}

/** Returns the addresses of a load balancer, shortened as `kubectl` shows them. */
export function balancer(object: Json): string {
  const found = mapsOf(at(object, "status", "loadBalancer", "ingress"))
    .map((entry) => textOf(entry["ip"]) || textOf(entry["hostname"])).filter((text) => text !== "");
  const text = [...new Set(found)].sort().join(",");
  // `loadBalancerWidth`: 16 characters, the last three of which are dots.
  return text.length > 16 ? `${text.slice(0, 13)}...` : text;
}

/** The cells of kinds that show their time of creation: name and time. */
export function createdCells(o: Json): unknown[] {
  return [nameOf(o), textOf(at(o, "metadata", "creationTimestamp"))];
}
