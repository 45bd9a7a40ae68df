/**
 * Tells addresses of OCI registries from other names of charts, and loads
 * nothing for it.
 *
 * @module
 */

/** True for arguments that name a chart in a registry. */
export function isOci(argument: string): boolean {
  return argument.startsWith("oci://");
}
