/**
 * Fields of bodies and queries, with their types checked.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { JsonObject } from "../../engine/base/mod.ts";

function fieldOf(body: JsonObject, name: string): unknown {
  const value = Object.hasOwn(body, name) ? body[name] : undefined;
  return value === null ? undefined : value;
}

function wrong(name: string, wanted: string): SkegError {
  return new SkegError("usage", `the field ${name} must be ${wanted}`);
}

/** Returns a text; `undefined` when it is absent. */
export function textIn(body: JsonObject, name: string): string | undefined {
  const value = fieldOf(body, name);
  if (value === undefined || typeof value === "string") return value;
  throw wrong(name, "a text");
}

/** Returns a text that must be there. */
export function neededText(body: JsonObject, name: string): string {
  const value = textIn(body, name);
  if (value === undefined || value === "") throw wrong(name, "a text that is not empty");
  return value;
}

/** Returns true or false; absent: false. */
export function flagIn(body: JsonObject, name: string): boolean {
  const value = fieldOf(body, name);
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  throw wrong(name, "true or false");
}

/** Returns texts; absent: none. */
export function textsIn(body: JsonObject, name: string): string[] {
  const value = fieldOf(body, name);
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((item) => typeof item === "string")) return value;
  throw wrong(name, "a list of texts");
}

/** Returns a whole number from `min` on; `undefined` when it is absent. */
export function numberIn(body: JsonObject, name: string, min = 0): number | undefined {
  const value = fieldOf(body, name);
  if (value === undefined) return undefined;
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= min) return value;
  throw wrong(name, `a whole number from ${min} on`);
}

/** Returns a whole number of a query or a path; `undefined` when it is absent or empty. */
export function wholeNumber(text: string | null | undefined, name: string, min = 0): number | undefined {
  if (text === null || text === undefined || text === "") return undefined;
  const value = Number(text);
  if (/^\d{1,15}$/.test(text) && value >= min) return value;
  throw new SkegError("usage", `${name} must be a whole number from ${min} on`);
}

/** True if a query has a switch, such as `all=1`. */
export function isOn(query: URLSearchParams, name: string): boolean {
  const value = query.get(name);
  return value === "1" || value === "true";
}
