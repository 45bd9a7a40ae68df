/**
 * Lists the metadata of objects, page by page.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { ObjectMeta } from "../../model/mod.ts";
import { call } from "../../kube/mod.ts";
import type { Environment } from "../environment.ts";

/** Media types for metadata alone, from servers that support it. */
const ACCEPT = ["v1", "v1beta1"]
  .map((version) => `application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=${version}`)
  .concat("application/json")
  .join(",");
/** Objects per page: the server reads the content of all of them, too. */
const PAGE = 500;

/**
 * Calls `visit` with the metadata of each object in a collection, in the server's order.
 *
 * @param path With a query, such as `/api/v1/configmaps?labelSelector=OWNER%3DTILLER`.
 * @throws KubeError when the objects may not be listed.
 */
export async function listMetadata(
  env: Environment,
  path: string,
  visit: (metadata: ObjectMeta) => void,
): Promise<void> {
  const given = new Set<string>();
  const take = (list: MetadataList): void => {
    for (const { metadata } of list.items ?? []) {
      const key = `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
      // After an expired token, the list is read again from its beginning.
      if (metadata === undefined || given.has(key)) continue;
      given.add(key);
      visit(metadata);
    }
  };
  const ask = async (query: string): Promise<MetadataList> =>
    await call(env.kube.cluster.transport, {
      method: "GET",
      path: `${path}${query}`,
      accept: ACCEPT,
      signal: env.signal,
    }) as MetadataList;
  let token = "";
  do {
    let list: MetadataList;
    try {
      list = await ask(`&limit=${PAGE}${token === "" ? "" : `&continue=${encodeURIComponent(token)}`}`);
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 410) throw error;
      list = await ask("");
    }
    take(list);
    token = list.metadata?.continue ?? "";
  } while (token !== "");
}

interface MetadataList {
  readonly items?: readonly { readonly metadata?: ObjectMeta }[] | null;
  readonly metadata?: { readonly continue?: string } | null;
}
