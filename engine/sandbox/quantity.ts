/**
 * Quantities such as `500m` and `2Gi` as numbers, to compare them. To write them,
 * `canonicalQuantity` in `decode.ts` is exact.
 *
 * @module
 */

const FACTORS: Record<string, number> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
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

/** Returns the value of a quantity; NaN when the text is not one. */
export function quantityValue(text: string): number {
  const parts = /^([+-]?[\d.]+)([numkMGTPE]|[KMGTPE]i)?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!parts) return NaN;
  return Number(parts[1]) * (FACTORS[parts[2] ?? ""] ?? 1) * 10 ** Number(parts[3] ?? 0);
}

/** Below 0 when `a` is less than `b`, above when it is more. */
export function compareQuantities(a: string, b: string): number {
  return quantityValue(a) - quantityValue(b);
}
