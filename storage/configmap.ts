/**
 * Records as ConfigMaps: the default of Tiller and of skeg.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/cfgmaps.go`.
 *
 * @module
 */
import { clusterDriver, type ClusterDriverOptions } from "./_cluster_driver.ts";
import type { Driver, ObjectCall } from "./driver.ts";

/** Returns the driver that keeps records as ConfigMaps of `namespace`. */
export function configMapDriver(call: ObjectCall, namespace: string, options: ClusterDriverOptions = {}): Driver {
  return clusterDriver(
    {
      name: "ConfigMap",
      storage: "configmap",
      plural: "configmaps",
      wrap: (envelope) => envelope,
      unwrap: (stored) => stored,
    },
    call,
    namespace,
    options,
  );
}
