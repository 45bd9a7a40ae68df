/** The objects that a revision names. */
import type { Release } from "../model/mod.ts";
import { isSameKind, type NamedObject, namedObjects, type ResourceInfo } from "../kube/mod.ts";
import { hasRun } from "./was_deployed.ts";

/** What is known of a revision besides its record. */
export interface ClaimsOptions {
  /** Unix seconds: when the revision began. Default 0. */
  readonly since?: number | undefined;
  /** Unix seconds: when the next revision began. Default: there is none. */
  readonly until?: number | undefined;
  /** Those documents of its manifest that are looked at; default: all. */
  readonly documents?: readonly string[] | undefined;
}

/** Tells which objects a revision names. */
export class Claims {
  readonly release: string;
  /** Unix seconds: when the revision began. */
  readonly since: number;
  /** Unix seconds: when the next revision began. */
  readonly until: number;
  /** The revision was DEPLOYED once: what existed before it was its own from then on. */
  readonly hasRun: boolean;
  readonly #namespace: string;
  readonly #objects: ReadonlyMap<string, readonly NamedObject[]>;

  constructor(release: Release, { since = 0, until = Infinity, documents = [release.manifest] }: ClaimsOptions = {}) {
    this.release = release.name;
    this.since = since;
    this.until = until;
    this.hasRun = hasRun(release);
    this.#namespace = release.namespace;
    this.#objects = Map.groupBy(documents.flatMap(namedObjects), ({ kind, name }) => `${kind}/${name}`);
  }

  /** True when the revision names the object. */
  has({ resource, name, namespace }: ResourceInfo): boolean {
    return (this.#objects.get(`${resource.kind}/${name}`) ?? []).some((object) =>
      isSameKind(object.group, resource.group) &&
      // A cluster-scoped object is the same whatever namespace a manifest gives it.
      (!resource.namespaced || (object.namespace || this.#namespace) === namespace)
    );
  }
}
