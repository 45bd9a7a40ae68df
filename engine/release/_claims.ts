/** The objects that a revision names. */
import type { Release } from "../model/mod.ts";
import { isSameKind, KubeManifest, type NamedObject, namedObjects, type ResourceInfo } from "../kube/mod.ts";
import { hasRun } from "./was_deployed.ts";

/** Facts about a revision that are not in its record. */
export interface ClaimsOptions {
  /** Unix seconds: when the revision began. Default 0. */
  readonly since?: number | undefined;
  /** Unix seconds: when the next revision began. Default: there is none. */
  readonly until?: number | undefined;
  /** The objects that its manifest names, or those that matter; default: all. */
  readonly objects?: readonly NamedObject[] | undefined;
}

/** The objects that a revision names. */
export class Claims {
  readonly release: string;
  /** Unix seconds: when the revision began. */
  readonly since: number;
  /** Unix seconds: when the next revision began. */
  readonly until: number;
  /** True if the revision was DEPLOYED once: from then on it owns objects that existed before it. */
  readonly hasRun: boolean;
  readonly #namespace: string;
  readonly #objects: ReadonlyMap<string, readonly NamedObject[]>;

  constructor(release: Release, options: ClaimsOptions = {}) {
    const { since = 0, until = Infinity, objects = namedObjects(new KubeManifest(release.manifest).entries()) } =
      options;
    this.release = release.name;
    this.since = since;
    this.until = until;
    this.hasRun = hasRun(release);
    this.#namespace = release.namespace;
    this.#objects = Map.groupBy(objects, ({ kind, name }) => `${kind}/${name}`);
  }

  /** True if the revision names the object. */
  has({ resource, name, namespace }: ResourceInfo): boolean {
    return (this.#objects.get(`${resource.kind}/${name}`) ?? []).some((object) =>
      isSameKind(object.group, resource.group) &&
      // For a cluster-scoped object the namespace in a manifest does not count.
      (!resource.namespaced || (object.namespace || this.#namespace) === namespace)
    );
  }
}
