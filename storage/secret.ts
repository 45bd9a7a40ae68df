/**
 * Records as Secrets: as ConfigMaps, but base64 twice on the wire.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/secrets.go`.
 *
 * @module
 */
import { clusterDriver, type ClusterDriverOptions } from "./_cluster_driver.ts";
import type { Driver, ObjectCall } from "./driver.ts";

/** Returns the driver that keeps records as Secrets of `namespace`. */
export function secretDriver(call: ObjectCall, namespace: string, options: ClusterDriverOptions = {}): Driver {
  return clusterDriver(
    {
      name: "Secret",
      storage: "secret",
      plural: "secrets",
      wrap: (envelope) => btoa(envelope),
      unwrap,
    },
    call,
    namespace,
    options,
  );
}

/**
 * Decodes a Secret's base64. Invalid base64 becomes a text that is not a valid envelope either, so it counts
 * as a broken record.
 */
function unwrap(stored: string): string {
  try {
    return atob(stored);
  } catch {
    return "\0";
  }
}
