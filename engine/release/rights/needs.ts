/**
 * Collects rights, each once.
 *
 * @module
 */
import type { ApiResource, ResourceInfo, Right } from "../../kube/mod.ts";
import { permissionsIn } from "./granted.ts";

/** Namespaces, for requests without discovery. */
const NAMESPACES = { group: "", plural: "namespaces" } as const;

/** A set of rights that grows. */
export class Needs {
  readonly #rights = new Map<string, Right>();

  /** The rights, in the order in which they were first needed. */
  list(): Right[] {
    return [...this.#rights.values()];
  }

  /** Adds one right. */
  add(right: Right): void {
    this.#rights.set(rightKey(right), right);
  }

  /** Adds verbs for one object by its name; for an object without a name, for its kind. */
  object(verbs: readonly string[], { resource, namespace, name }: ResourceInfo): void {
    this.#all(verbs, resource, { namespace, name: name === "" ? undefined : name });
  }

  /** Adds verbs for all objects of a kind in a namespace. */
  kind(verbs: readonly string[], resource: Pick<ApiResource, "group" | "plural">, namespace: string): void {
    this.#all(verbs, resource, { namespace });
  }

  /** Adds the creation of an object, which no role can restrict to a name. */
  creation(info: ResourceInfo): void {
    this.kind(["create"], info.resource, info.namespace);
    this.grants(info);
  }

  /** Adds reading the namespace itself, which each operation does before it creates objects. */
  namespace(name: string): void {
    this.#all(["get"], NAMESPACES, { namespace: name, name });
  }

  /** Adds what the server demands of a user who writes a role or a binding. */
  grants(info: ResourceInfo): void {
    for (const right of permissionsIn(info)) this.add(right);
  }

  #all(
    verbs: readonly string[],
    { group, plural }: Pick<ApiResource, "group" | "plural">,
    place: { readonly namespace: string; readonly name?: string | undefined },
  ): void {
    for (const verb of verbs) this.add({ verb, group, resource: plural, ...place });
  }
}

/** Returns a unique key of a right. */
export function rightKey({ verb, group, resource, namespace, name, url }: Right): string {
  return JSON.stringify([verb, group, resource, namespace, name ?? null, url ?? null]);
}
