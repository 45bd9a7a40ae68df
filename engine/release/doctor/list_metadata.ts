/**
 * Lists the metadata of objects, page by page.
 *
 * @module
 */
import type { KubeObject, ObjectMeta } from "../../model/mod.ts";
import { AS_METADATA_LIST, call, isObject, listPages } from "../../kube/mod.ts";
import type { Environment } from "../environment.ts";

/**
 * Calls `visit` with the metadata of each object in a collection, in the server's order. No page is kept.
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
  const pages = listPages(async (part) =>
    await call(env.kube.cluster.transport, {
      method: "GET",
      path: [path, ...Object.entries(part).map(([key, value]) => `${key}=${encodeURIComponent(value)}`)].join("&"),
      accept: AS_METADATA_LIST,
      signal: env.signal,
    }) as KubeObject
  );
  for await (const { items } of pages) {
    for (const item of items) {
      const metadata = isObject(item) && isObject(item.metadata) ? item.metadata as ObjectMeta : undefined;
      const key = `${metadata?.namespace ?? ""}/${metadata?.name ?? ""}`;
      // After an expired token, the list comes again from its beginning.
      if (metadata === undefined || given.has(key)) continue;
      given.add(key);
      visit(metadata);
    }
  }
}
