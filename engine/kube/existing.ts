/**
 * Finds the objects of a manifest that exist already.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import type { KubeObject } from "../model/mod.ts";
import { AS_METADATA, listPaged } from "./metadata_list.ts";
import { getObject } from "./object_calls.ts";
import { groupVersion } from "./paths.ts";
import { concurrently } from "./runs.ts";
import type { ExistingObject, FindExistingOptions, KubeCallOptions, ResourceInfo, Transport } from "./types.ts";

/** From this number of objects of one kind and namespace on, a page of a list is cheaper than single requests. */
const LIST_FROM = 6;

/**
 * Returns the objects of `infos` that exist, in their order, with the metadata of the live object. An object
 * that may not be read counts as absent: the server will refuse its creation if it exists. With `withUnread`,
 * the result includes it.
 */
export async function findExisting(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: FindExistingOptions = {},
): Promise<ExistingObject[]> {
  const named = infos.filter(({ name, resource }) => name !== "" && resource.version !== "");
  const found = new Map<ResourceInfo, ExistingObject>();
  const note = (info: ResourceInfo, object: Looked): void => {
    if (object === "unread") {
      if (options.withUnread) found.set(info, { info, metadata: info.object.metadata ?? {}, isUnread: true });
    } else if (object !== undefined) found.set(info, { info, metadata: object.metadata ?? {} });
  };
  await concurrently([...Map.groupBy(named, placeOf).values()], async (group) => {
    const listed = group.length < LIST_FROM ? undefined : await listGroup(transport, group, options);
    if (listed !== undefined) return group.forEach((info) => note(info, listed.get(info.name)));
    await concurrently(group, async (info) => note(info, await lookFor(transport, info, options)));
  });
  return named.flatMap((info) => found.get(info) ?? []);
}

/** The live object; `undefined` when there is none, `unread` when this user may not read it. */
type Looked = KubeObject | "unread" | undefined;

function placeOf({ resource, namespace }: ResourceInfo): string {
  return `${groupVersion(resource.group, resource.version)}/${resource.plural}/${namespace}`;
}

/**
 * Lists all objects of a kind in one namespace, by name; `undefined` when there are so many that single requests
 * are cheaper, or they may not be listed.
 */
async function listGroup(
  transport: Transport,
  group: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<Map<string, KubeObject> | undefined> {
  const [first] = group;
  if (first === undefined) return undefined;
  try {
    const pagesMax = Math.ceil(group.length / LIST_FROM);
    const objects = await listPaged(transport, first.resource, first.namespace, { ...options, pagesMax });
    return objects && new Map(objects.map((object) => [object.metadata?.name ?? "", object]));
  } catch (error) {
    if (mayNotLook(error)) return undefined;
    throw error;
  }
}

async function lookFor(
  transport: Transport,
  info: ResourceInfo,
  options: KubeCallOptions,
): Promise<Looked> {
  try {
    return await getObject(transport, info, options, AS_METADATA);
  } catch (error) {
    if (mayNotLook(error)) return error.status === 403 ? "unread" : undefined;
    throw error;
  }
}

/** True if the object does not exist or may not be read. */
function mayNotLook(error: unknown): error is KubeError {
  return error instanceof KubeError && [403, 404, 405].includes(error.status);
}
