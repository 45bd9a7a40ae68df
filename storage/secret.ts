/**
 * Records as Secrets: as ConfigMaps, but base64 twice on the wire.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/secrets.go`.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { clusterDriver, type ClusterDriverOptions } from "./_cluster_driver.ts";
import type { Driver, ObjectCall } from "./driver.ts";

/** Returns the driver that keeps records as Secrets of `namespace`. */
export function secretDriver(call: ObjectCall, namespace: string, options: ClusterDriverOptions = {}): Driver {
  return clusterDriver(
    {
      name: "Secret",
      plural: "secrets",
      wrap: (envelope) => Buffer.from(envelope, "latin1").toString("base64"),
      unwrap: (stored) => Buffer.from(stored, "base64").toString("latin1"),
    },
    call,
    namespace,
    options,
  );
}
