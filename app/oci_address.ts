/**
 * Recognizes addresses of OCI registries, without loading other modules.
 *
 * @module
 */

/** True if the argument names a chart in a registry. */
export function isOci(argument: string): boolean {
  return argument.startsWith("oci://");
}
