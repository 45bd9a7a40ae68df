/**
 * Creates the release's namespace when it is missing.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { callFor } from "./answers.ts";
import { isNotFound } from "./call.ts";
import { create } from "./create.ts";
import type { KubeCallOptions, Transport } from "./types.ts";

/**
 * Creates the namespace when there is none, labelled `name: NAMESPACE`.
 *
 * Source: Helm 2.17.0, `pkg/kube/namespace.go`.
 */
export async function ensureNamespace(
  transport: Transport,
  namespace: string,
  options: KubeCallOptions = {},
): Promise<void> {
  const { signal } = options;
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  try {
    await callFor(transport, { method: "GET", path, signal }, { object: "Namespace" });
    return;
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
  const body = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace, labels: { name: namespace } } };
  try {
    await create(transport, { collectionPath: "/api/v1/namespaces", object: body }, signal);
    options.report?.({ verb: "create", object: `Namespace/${namespace}`, namespace: "", detail: "" });
  } catch (error) {
    // Another client created it first.
    if (!(error instanceof KubeError && error.reason === "AlreadyExists")) throw error;
  }
}
