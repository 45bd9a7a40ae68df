/**
 * Compares values from the API server with values from a manifest.
 *
 * @module
 */

/** Powers of the suffixes of quantities: base and exponent. */
const SUFFIXES: Readonly<Record<string, number>> = {
  "": 1,
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

/** True if two scalars are equal: the same text, or quantities of the same value such as `1Gi` and `1024Mi`. */
export function isSameScalar(a: unknown, b: unknown): boolean {
  if (String(a) === String(b)) return true;
  const [x, y] = [quantityOf(a), quantityOf(b)];
  return x !== undefined && y !== undefined && Math.abs(x - y) <= Math.max(Math.abs(x), Math.abs(y)) * 1e-12;
}

function quantityOf(value: unknown): number | undefined {
  const parts = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/.exec(String(value).trim());
  if (parts === null) return undefined;
  const [, digits, exponent = "0", suffix = ""] = parts;
  return Number(`${digits}e${exponent}`) * (SUFFIXES[suffix] as number);
}
