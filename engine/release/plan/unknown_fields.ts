/**
 * Fields of manifests that the server does not know, so that it drops them.
 *
 * @module
 */
import { type KubeObject, readKnownFields } from "../../kube/mod.ts";
import type { IsUnknownField } from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";

/**
 * Returns a test of fields by the server's schemas; `undefined` for no objects, without a request.
 *
 * @param objects Objects of manifests with fields that the cluster lacks: only the schemas of their versions are read.
 */
export async function unknownFieldTest(
  env: Environment,
  objects: readonly KubeObject[],
): Promise<IsUnknownField | undefined> {
  if (objects.length === 0) return undefined;
  const versions = objects.map(({ apiVersion = "" }) => apiVersion);
  const known = await readKnownFields(env.kube.cluster.transport, versions, callOptions(env));
  return ({ apiVersion = "", kind = "" }, path, value) =>
    known.drops(apiVersion, kind, path.map((part) => typeof part === "string" ? part : 0), value);
}
