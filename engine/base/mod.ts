/**
 * The ground floor: small helpers for text that every room may import. It
 * imports nothing.
 *
 * @module
 */
export { MASK, maskAddress, maskSecrets } from "./mask.ts";
export { showControls } from "./controls.ts";
