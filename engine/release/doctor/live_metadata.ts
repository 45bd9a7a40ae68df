/**
 * Finds which objects exist, by metadata alone. All releases of an examination share what was listed.
 *
 * @module
 */
import { type ExistingObject, listPaged, type ResourceInfo } from "../../kube/mod.ts";
import type { ObjectMeta } from "../../model/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { isRefused } from "./_refused.ts";
import { messageOf } from "../../base/mod.ts";

/** From this number of objects of one kind and namespace on, a list is cheaper than single requests. */
const LIST_FROM = 6;

/** Objects of one kind and namespace by name, or the refusal of the list. */
type Listed = { readonly objects: ReadonlyMap<string, ObjectMeta> } | { readonly refusal: string };

/** Options of {@linkcode LiveMetadata}. */
export interface LiveMetadataOptions {
  /** True if many releases are examined: then each kind and namespace is listed once, however few objects are wanted. */
  readonly isForMany: boolean;
  /** Notes that something could not be looked at. */
  readonly noteUnseen: (what: string, why: string) => void;
}

/** The metadata of live objects; what was read is kept. */
export class LiveMetadata {
  readonly #env: Environment;
  readonly #options: LiveMetadataOptions;
  readonly #lists = new Map<string, Promise<Listed>>();
  readonly #single = new Map<string, Promise<ExistingObject | undefined>>();

  /** Reads nothing yet. */
  constructor(env: Environment, options: LiveMetadataOptions) {
    this.#env = env;
    this.#options = options;
  }

  /** Returns the objects that exist, and those that may not be read, by key. */
  async find(infos: readonly ResourceInfo[]): Promise<ReadonlyMap<string, ExistingObject>> {
    const groups = Map.groupBy(infos, placeOf);
    const found = await Promise.all([...groups].map(([place, group]) => this.#findIn(place, group)));
    return new Map(found.flat().map((one) => [keyOf(one.info), one]));
  }

  async #findIn(place: string, group: readonly ResourceInfo[]): Promise<ExistingObject[]> {
    const [first] = group;
    if (first === undefined) return [];
    const isListed = this.#options.isForMany || group.length >= LIST_FROM || this.#lists.has(place);
    if (isListed) {
      const listing = this.#lists.get(place) ?? this.#list(first);
      this.#lists.set(place, listing);
      const listed = await listing;
      if ("objects" in listed) {
        return group.flatMap((info) => {
          const metadata = listed.objects.get(info.name);
          return metadata === undefined ? [] : [{ info, metadata }];
        });
      }
    }
    const found = await Promise.all(group.map((info) => this.#look(info)));
    const { resource, namespace } = first;
    if (found.some((one) => one?.isUnread)) {
      const where = namespace === "" ? "" : ` in namespace ${namespace}`;
      this.#options.noteUnseen(`${resource.plural}${where}`, "this user may not read them");
    }
    return found.filter((one) => one !== undefined);
  }

  async #list({ resource, namespace }: ResourceInfo): Promise<Listed> {
    try {
      const objects = await listPaged(this.#env.kube.cluster.transport, resource, namespace, callOptions(this.#env));
      return { objects: new Map((objects ?? []).map(({ metadata = {} }) => [metadata.name ?? "", metadata])) };
    } catch (error) {
      if (!isRefused(error) && !isNoList(error)) throw error;
      return { refusal: messageOf(error) };
    }
  }

  #look(info: ResourceInfo): Promise<ExistingObject | undefined> {
    const key = keyOf(info);
    const looking = this.#single.get(key) ??
      this.#env.kube.findExisting([info], { ...callOptions(this.#env), withUnread: true }).then(([one]) => one);
    this.#single.set(key, looking);
    return looking;
  }
}

/** True if the kind cannot be listed. */
function isNoList(error: unknown): boolean {
  return typeof error === "object" && error !== null && "status" in error &&
    (error.status === 404 || error.status === 405);
}

function placeOf({ resource, namespace }: ResourceInfo): string {
  return `${resource.group}/${resource.version}/${resource.plural}/${namespace}`;
}
