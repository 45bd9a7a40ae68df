/**
 * Lists of objects, page by page: their metadata alone, or whole.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { asList, asObject, asText } from "./json.ts";
import { listObjects } from "./object_calls.ts";
import { groupVersion } from "./paths.ts";
import type { ApiResource, KubeCallOptions, Transport } from "./types.ts";

/** Media types for metadata alone, from servers that support it. */
export const AS_METADATA: string = ["v1", "v1beta1"]
  .map((version) => `application/json;as=PartialObjectMetadata;v=${version};g=meta.k8s.io`)
  .concat("application/json")
  .join(",");
/** The same for lists. */
export const AS_METADATA_LIST: string = AS_METADATA.replaceAll("PartialObjectMetadata;", "PartialObjectMetadataList;");

/** The most objects in a page. */
const PAGE = 500;

/** Options of {@linkcode listPaged}. */
export interface PagedListOptions extends KubeCallOptions {
  /** Selects objects by labels; default: all. */
  readonly labelSelector?: string | undefined;
  /** Selects objects by fields; default: all. */
  readonly fieldSelector?: string | undefined;
  /** If true, whole objects are read; default: their metadata. */
  readonly whole?: boolean | undefined;
  /** The most pages to read; default: all. */
  readonly pagesMax?: number | undefined;
}

/**
 * Lists a resource's objects in a namespace, or in the whole cluster with an empty one.
 *
 * @returns The objects in the server's order; `undefined` when there are more than `pagesMax` pages.
 * @throws KubeError when the server refuses.
 */
export async function listPaged(
  transport: Transport,
  resource: ApiResource,
  namespace: string,
  options: PagedListOptions = {},
): Promise<KubeObject[] | undefined> {
  const { labelSelector, fieldSelector, whole = false, pagesMax = Infinity } = options;
  const selected = { labelSelector, fieldSelector, ...whole ? {} : { accept: AS_METADATA_LIST } };
  const found: KubeObject[] = [];
  let pages = 0;
  for await (
    const page of listPages((part) => listObjects(transport, resource, namespace, { ...selected, ...part }, options))
  ) {
    if (page.isAnew) found.length = 0;
    for (const item of page.items) found.push(withKind(item, resource));
    if (!page.isLast && ++pages >= pagesMax) return undefined;
  }
  return found;
}

/** A part of a list. */
export interface ListPage {
  /** As the server sent them. */
  readonly items: readonly unknown[];
  /** True if the server had forgotten the pages before: this one has all items of the list. */
  readonly isAnew: boolean;
  /** True if no page follows. */
  readonly isLast: boolean;
}

/**
 * Yields the pages of a list.
 *
 * @param read Sends one request of the list with these parameters.
 * @throws KubeError when the server refuses.
 */
export async function* listPages(
  read: (part: { readonly limit?: string; readonly continue?: string }) => Promise<KubeObject>,
): AsyncGenerator<ListPage> {
  let token = "";
  do {
    let list: KubeObject;
    try {
      list = await read({ limit: String(PAGE), ...token === "" ? {} : { continue: token } });
    } catch (error) {
      // The token has expired: the server has compacted that state. One list without pages is consistent.
      if (!(error instanceof KubeError) || error.status !== 410 || token === "") throw error;
      yield { items: asList((await read({})).items), isAnew: true, isLast: true };
      return;
    }
    token = asText(asObject(list.metadata).continue);
    yield { items: asList(list.items), isAnew: false, isLast: token === "" };
  } while (token !== "");
}

/** Returns an item of a list as an object: servers leave out what the list says for all. */
function withKind(item: unknown, { group, version, kind }: ApiResource): KubeObject {
  const object = asObject(item) as KubeObject;
  return object.kind === undefined ? { apiVersion: groupVersion(group, version), kind, ...object } : object;
}

/**
 * Counts a resource's objects in the whole cluster, with one request.
 *
 * @throws KubeError when the server refuses.
 */
export async function countObjects(
  transport: Transport,
  resource: ApiResource,
  options: KubeCallOptions = {},
): Promise<number> {
  const list = await listObjects(transport, resource, "", { accept: AS_METADATA_LIST, limit: "1" }, options);
  const { remainingItemCount } = asObject(list.metadata);
  return asList(list.items).length + (typeof remainingItemCount === "number" ? remainingItemCount : 0);
}
