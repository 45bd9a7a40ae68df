/**
 * Go's habits that charts can see: value kinds, bytes, printing, quoting,
 * numbers, escaping.
 *
 * @module
 */
export * from "./value.ts";
export * from "./bytes.ts";
