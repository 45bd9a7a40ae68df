/**
 * Checks if the quantities of an object are valid.
 *
 * Helm 2: an object that does not fit its type stays untyped in Tiller's client, and its change is sent as a
 * JSON merge patch. The server refuses it either way, but with another message. Quantities are the values
 * that charts often get wrong.
 *
 * Source: Helm 2.17.0, `pkg/kube/client.go`, `createPatch`; Kubernetes 1.16,
 * `resource.ParseQuantity`.
 *
 * @module
 */
import type { KubeObject } from "../model/mod.ts";

const QUANTITY = /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/;

/** Fields that hold a map of quantities, by their parent field. */
const MAPS: Readonly<Record<string, readonly string[]>> = {
  resources: ["requests", "limits"],
  spec: ["capacity", "hard", "overhead"],
  limits: ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"],
};

/** True if every quantity in the object is valid, at any depth; `data` of ConfigMaps and Secrets holds none. */
export function hasReadableQuantities(object: KubeObject): boolean {
  return readable(object, "");
}

function readable(value: unknown, field: string): boolean {
  if (Array.isArray(value)) return value.every((item) => readable(item, field));
  if (typeof value !== "object" || value === null) return true;
  const maps = MAPS[field] ?? [];
  return Object.entries(value).every(([name, item]) => {
    if (maps.includes(name)) return isMapOfQuantities(item);
    return name === "sizeLimit" ? isQuantity(item) : readable(item, name);
  });
}

function isMapOfQuantities(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return true;
  return Object.values(value).every(isQuantity);
}

function isQuantity(value: unknown): boolean {
  return value === null || typeof value === "number" || typeof value === "string" && QUANTITY.test(value);
}

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** True if both are quantities of the same size, such as `1000m` and `1`. */
export function equalQuantities(a: unknown, b: unknown): boolean {
  const sizes = [sizeOf(a), sizeOf(b)];
  return sizes[0] !== undefined && sizes[0] === sizes[1];
}

function sizeOf(value: unknown): number | undefined {
  if (value === null || !isQuantity(value)) return undefined;
  const [, number = "", unit = ""] = /^([+-]?[\d.]+)(.*)$/.exec(String(value)) ?? [];
  if (/^[eE][+-]?\d/.test(unit)) return Number(number + unit);
  return Number(number) * (UNITS[unit] ?? 1);
}
