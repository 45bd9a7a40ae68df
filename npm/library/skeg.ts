/**
 * The library as the npm package exports it: what `mod.ts` exports, on Node, Bun and Deno.
 *
 * @module
 */
import "./missing.ts";

export * from "../../mod.ts";
