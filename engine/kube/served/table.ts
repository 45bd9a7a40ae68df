/**
 * The table of built-in API versions that Kubernetes removed or will remove.
 *
 * `removed_apis.json` was taken from the lifecycle tags, defaulting, conversion and validation code of
 * Kubernetes 1.13 to 1.37. This file has its types and finds entries.
 *
 * @module
 */
import data from "./removed_apis.json" with { type: "json" };

/** One API version of a kind. Versions of Kubernetes are `1.16`, without `v`. */
export interface Member {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** First release that served it. */
  readonly introduced: string;
  /** First release that deprecated it. */
  readonly deprecated?: string;
  /** First release that does not serve it. */
  readonly removed?: string;
  /** True for versions that were served only where enabled. */
  readonly alpha?: boolean;
  /** False when the sources only bound or announce `removed` or `introduced`. */
  readonly exact?: boolean;
}

/** One change of structure; {@linkcode ConversionStep.op} says which fields count. */
export interface ConversionStep {
  /** The operation, see `structure.ts`. */
  readonly op: "setIfAbsent" | "set" | "drop" | "rename" | "move" | "custom";
  /** Field that is set or dropped; `[*]` goes through a list. */
  readonly path?: string;
  /** Paths at which a rename or a custom operation applies. */
  readonly at?: string | readonly string[];
  /** Old field of a rename or move. */
  readonly from?: string;
  /** New field of a rename or move. */
  readonly to?: string;
  /** Name of a custom operation, a file in `custom/`. */
  readonly name?: string;
  /** The value to set; `@selector` and `@templateLabels` are computed. */
  readonly value?: unknown;
  /** Condition, see `conditions.ts`. */
  readonly when?: string;
  /** `target`: not for the old side of a patch. */
  readonly side?: "target";
}

/** A default of the old version that the newer one lacks. */
export interface Default {
  /** Field that is written when it is absent. */
  readonly path: string;
  /** Its old default. */
  readonly value: unknown;
  /** Condition, see `conditions.ts`. */
  readonly when?: string;
}

/** How objects of one API version are expressed in the next one. */
export interface Conversion {
  /** API version, or `APIVERSION KIND` when the kind changes; `null`: there is no successor. */
  readonly to: string | null;
  /** `rename`: only `apiVersion` changes (and references); `none`: not converted. */
  readonly level: "rename" | "structural" | "lossy" | "none";
  /** Always applied, in order. */
  readonly structure?: readonly ConversionStep[];
  /** Written only where there is no live object. */
  readonly onCreate?: readonly Default[];
  /** For people: when the operation stops. `checks/` has the code. */
  readonly refuse?: readonly string[];
  /** Fields that a patch must not change, see `immutable.ts`. */
  readonly immutable?: readonly string[];
  /** For people: facts worth knowing. */
  readonly report?: readonly string[];
}

/** A kind with all of its API versions. */
export interface Family {
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Plural name in URLs and RBAC rules. */
  readonly resource: string;
  /** True for kinds that live in namespaces. */
  readonly namespaced: boolean;
  /** True when all members are views of one stored object. */
  readonly sameObject: boolean;
  /** Newest and preferred first. */
  readonly members: readonly Member[];
  /** By `apiVersion`; a current version has none. */
  readonly conversions: Readonly<Record<string, Conversion>>;
}

/** A group version that was removed for some kinds and is served again for others. */
export interface Reborn {
  /** Such as `networking.k8s.io/v1beta1`. */
  readonly apiVersion: string;
  /** Kinds that do not come back. */
  readonly goneFor: readonly string[];
  /** First release that serves it again. */
  readonly backSince: string;
  /** Kinds that it is served for now. */
  readonly backFor: readonly string[];
}

/** All families. */
export const FAMILIES: readonly Family[] = data.families as unknown as readonly Family[];

/** Group versions that came back for other kinds. */
export const REBORN: readonly Reborn[] = data.groupVersionsReborn;

/** The table's entry for one API version and kind. */
export interface ServedEntry {
  /** The kind with all of its versions. */
  readonly family: Family;
  /** The version asked for. */
  readonly member: Member;
  /** Its conversion; `undefined` for a current version. */
  readonly conversion: Conversion | undefined;
}

const ENTRIES: ReadonlyMap<string, ServedEntry> = new Map(
  FAMILIES.flatMap((family) =>
    family.members.map((member): [string, ServedEntry] => [
      `${member.apiVersion} ${family.kind}`,
      { family, member, conversion: family.conversions[member.apiVersion] },
    ])
  ),
);

/** Returns the table's entry, or `undefined` for an unknown kind. */
export function entryOf(apiVersion: string, kind: string): ServedEntry | undefined {
  return ENTRIES.get(`${apiVersion} ${kind}`);
}

/** An API version and the kind in it. */
export interface VersionKind {
  /** Such as `apps/v1`. */
  readonly apiVersion: string;
  /** Such as `Deployment`. */
  readonly kind: string;
}

/** Returns the target of a conversion: the kind stays unless `to` names another. `undefined`: no successor. */
export function targetOf({ to }: Conversion, kind: string): VersionKind | undefined {
  if (to === null) return undefined;
  const [apiVersion = "", other] = to.split(" ");
  return { apiVersion, kind: other ?? kind };
}

/** Returns the group of an API version; empty for `v1`. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf("/");
  return slash < 0 ? "" : apiVersion.slice(0, slash);
}
