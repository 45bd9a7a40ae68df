/**
 * The program's own version. Helm's version, which scripts ask for, is `TILLER_VERSION`.
 *
 * @module
 */

/** The version in `deno.json`; a test compares them. */
export const OWN_VERSION = "0.1.0";
