/**
 * Objects and servers for the tests of this room.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { RemovedApiError } from "./error.ts";
import { mapRemovedApi } from "./map.ts";
import type { MapOptions } from "./work.ts";

/** A server that has neither alpha nor beta versions. */
export const isServed = (apiVersion: string): boolean => !/alpha|beta/.test(apiVersion);

/** Returns an object with a name. */
export function object(apiVersion: string, kind: string, fields: Record<string, unknown> = {}): KubeObject {
  return { apiVersion, kind, metadata: { name: "web" }, ...fields };
}

/** Returns a workload whose pods have labels. */
export function workload(
  apiVersion: string,
  kind: string,
  labels: Record<string, string>,
  spec: object = {},
): KubeObject {
  return object(apiVersion, kind, { spec: { ...spec, template: { metadata: { labels } } } });
}

/** Maps an object for a server without alphas and betas. */
export function map(given: KubeObject, options: Partial<MapOptions> = {}): KubeObject {
  return mapRemovedApi(given, { isServed, ...options }).object;
}

/** Returns the error of a refusal; fails when there is none. */
export function refused(given: KubeObject, options: Partial<MapOptions> = {}): RemovedApiError {
  try {
    mapRemovedApi(given, { isServed, ...options });
  } catch (error) {
    if (error instanceof RemovedApiError) return error;
    throw error;
  }
  throw new Error("the object was mapped");
}
