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
import { quantityOf } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";

/** Fields that hold a map of quantities, by the field they stand in. */
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
  return value === null || quantityOf(value) !== undefined;
}
