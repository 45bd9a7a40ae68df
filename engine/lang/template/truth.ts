/**
 * The truth of a value in `if`, `with`, `and`, `or` and `not`.
 *
 * Source: Go 1.14, `text/template/exec.go`, `isTrue`.
 *
 * @module
 */
import { Complex, Int, Slice, Struct } from "../golang/mod.ts";

/** False for nil, zero of any kind, and everything of length zero. */
export function truth(value: unknown): boolean {
  switch (typeof value) {
    case "boolean":
      return value;
    case "string":
      return value !== "";
    case "number":
      // NaN is not zero.
      return value !== 0;
    case "undefined":
      return false;
  }
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Int) return value.value !== 0n;
  if (value instanceof Slice) return value.items.length > 0;
  if (value instanceof Struct) return value.kind === "struct" || value.kind === "ptr" || value.integer !== 0n;
  if (value instanceof Complex) return value.re !== 0 || value.im !== 0;
  for (const _key in value) return true;
  return false;
}
