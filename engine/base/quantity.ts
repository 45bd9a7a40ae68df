/**
 * Quantities of Kubernetes, such as `500m` and `2Gi`, as numbers.
 *
 * Source: Kubernetes 1.16, `k8s.io/apimachinery/pkg/api/resource`, `ParseQuantity`.
 *
 * @module
 */

/** Powers of ten of the decimal suffixes. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };

/** Powers of two of the binary suffixes. */
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };

/**
 * Returns the number that a quantity means, or `undefined` when `value` is none. JSON numbers are quantities too.
 *
 * Two spellings of one quantity give the same number, such as `1000m` and `1`: it is the nearest double of the exact value.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(quantityOf("1.5Ki"), 1536);
 * equal(quantityOf("1 Gi"), undefined);
 * ```
 */
export function quantityOf(value: unknown): number | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined;
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE])|([KMGTPE]i))?$/.exec(String(value));
  if (parts === null) return undefined;
  const [, digits = "", exponent = "0", decimal, binary] = parts;
  if (binary !== undefined) return Number(digits) * 2 ** (BINARY[binary] ?? 0);
  return Number(`${digits}e${decimal === undefined ? exponent : DECIMAL[decimal]}`);
}

/** True when both are quantities of the same size, such as `1Gi` and `1024Mi`. */
export function equalQuantities(a: unknown, b: unknown): boolean {
  const size = quantityOf(a);
  return size !== undefined && size === quantityOf(b);
}

/** Returns a number below 0 when `a` is less than `b`, above 0 when it is more; `NaN` when one of them is no quantity. */
export function compareQuantities(a: unknown, b: unknown): number {
  return (quantityOf(a) ?? NaN) - (quantityOf(b) ?? NaN);
}
