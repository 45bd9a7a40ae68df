/**
 * The releases of Helm 3 in a cluster, by the metadata of their records.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import { messageOf } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { listMetadata } from "./list_metadata.ts";

/** One revision of a release of Helm 3. */
export interface Helm3Record {
  /** The release. */
  readonly name: string;
  /** Namespace of the release, and of its records. */
  readonly namespace: string;
  /** The revision; 0 if the label is missing. */
  readonly revision: number;
  /** In Helm 3's words, such as `deployed`. */
  readonly status: string;
  /** When the record was created; empty if the server does not say. */
  readonly createdAt: string;
}

const SELECTOR = encodeURIComponent("owner=helm");

/** Lists the records of Helm 3 in all namespaces. */
export async function helm3Records(
  env: Environment,
  noteUnseen: (what: string, why: string) => void,
): Promise<readonly Helm3Record[]> {
  const found: Helm3Record[] = [];
  try {
    await listMetadata(env, `/api/v1/secrets?labelSelector=${SELECTOR}`, ({ name, namespace, labels, ...metadata }) => {
      if (name?.startsWith("sh.helm.release.v1.") !== true) return;
      found.push({
        name: labels?.name ?? name.replace(/^sh\.helm\.release\.v1\.(.*)\.v\d+$/, "$1"),
        namespace: namespace ?? "",
        revision: Number(labels?.version ?? 0) || 0,
        status: labels?.status ?? "",
        createdAt: metadata.creationTimestamp ?? "",
      });
    });
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403, 404].includes(error.status)) throw error;
    noteUnseen("releases of Helm 3 (Secrets of all namespaces)", messageOf(error));
  }
  return found;
}
