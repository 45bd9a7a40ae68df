/**
 * The result of a comparison: which fields differ, why, and what could go wrong. Plain data, ready for JSON.
 *
 * @module
 */
import type { ApplyMode } from "../mod.ts";

/** The reason why a field would change, or differs. */
export type Cause =
  | "chart" // another chart
  | "values" // other values
  | "release" // neither: revision number, install or upgrade, the cluster's capabilities
  | "render" // two renders of the same input differ here
  | "drift" // the cluster was edited; the edit is undone
  | "drift-stays" // the cluster was edited; the edit stays
  | "manager" // another manager owns the field
  | "unknown" // the server does not know the field, and drops it
  | "default" // the server's default
  | "server"; // a webhook or the server's normalisation

/** An old and a new value; null for none. */
export interface Moved {
  /** Before. */
  readonly from: string | null;
  /** After. */
  readonly to: string | null;
}

/** A place in a template, and the values that it read. */
export interface ChangeOrigin {
  /** Path below the chart, such as `templates/web.yaml`. */
  readonly template?: string;
  /** From 1. */
  readonly line?: number;
  /** Paths of values that differ, such as `image.tag`. */
  readonly values?: readonly string[];
}

/** One field that differs. */
export interface Change {
  /** JSON Pointer; items of keyed lists as `[key=value]`. Empty: the whole object. */
  readonly path: string;
  /** The value before; absent: none. */
  readonly before?: unknown;
  /** The value after; absent: none. */
  readonly after?: unknown;
  /** The value that the new manifest names, where `after` is another. */
  readonly wanted?: unknown;
  /** True if values are replaced by their length and a digest. */
  readonly masked?: boolean;
  /** True if only the order of a list's items differs; the values are the items' keys. */
  readonly order?: boolean;
  /** Reasons; empty if none is known. */
  readonly cause: readonly Cause[];
  /** The manager who changed the live value. */
  readonly manager?: string;
  /** When the manager last wrote, as the server says it. */
  readonly at?: string;
  /** True if the change overwrites an edit of the live object. */
  readonly overEdit?: boolean;
  /** Places in templates. */
  readonly origin?: readonly ChangeOrigin[];
}

/** The fate of an object. */
export type Action =
  | "create"
  | "update"
  | "delete"
  | "recreate"
  | "keep"
  | "adopt"
  | "none"
  | "refused"
  | "missing";

/** Identifies an object. */
export interface ObjectId {
  /** Empty for the core group. */
  readonly group: string;
  /** Version before and after, when they differ. */
  readonly version?: Moved;
  /** Such as `Deployment`. */
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** `metadata.name`. */
  readonly name: string;
}

/** One object and its changes. */
export interface ObjectChange {
  /** The object. */
  readonly id: ObjectId;
  /** Its fate. */
  readonly action: Action;
  /** How the result was found: by the server's dry run, by our own merge, or from records alone. */
  readonly predicted: "server" | "local" | "record";
  /** Number of pods that are replaced. */
  readonly restarts?: number;
  /** Number of changes that ignore rules hide. */
  readonly ignored?: number;
  /** True for a hook. */
  readonly hook?: boolean;
  /** Template path below the chart. */
  readonly template?: string;
  /** The live object at the time of the comparison; null if there is none. */
  readonly live?: { readonly uid?: string; readonly resourceVersion?: string; readonly content?: string } | null;
  /** True if the caller asked not to show the changes of this kind. */
  readonly suppressed?: boolean;
  /** The whole object before and after, masked; only if asked for. */
  readonly documents?: { readonly before?: unknown; readonly after?: unknown };
  /** In the order of fields. */
  readonly changes: readonly Change[];
}

/** How bad a risk is: `danger` can lose data, an address or the operation itself. */
export type RiskLevel = "note" | "warn" | "danger";

/** A consequence that the user should know. */
export interface Risk {
  /** Stable word, such as `data`. */
  readonly code: string;
  /** How bad it is. */
  readonly level: RiskLevel;
  /** Such as `Deployment/web`. */
  readonly object: string;
  /** One sentence. */
  readonly text: string;
}

/** A hook that would run. */
export interface PlannedHook {
  /** Such as `pre-upgrade`. */
  readonly event: string;
  /** Kind of its object. */
  readonly kind: string;
  /** Name of its object. */
  readonly name: string;
  /** Lower runs first. */
  readonly weight: number;
  /** Delete policies. */
  readonly policies: readonly string[];
}

/** The release that is compared. */
export interface ReleaseChange {
  /** Name of the release. */
  readonly name: string;
  /** Namespace of the release. */
  readonly namespace: string;
  /** Revision before; null for none. */
  readonly from: number | null;
  /** Revision after; a name if it is another release; null for none. */
  readonly to: number | string | null;
  /** Chart name and version, such as `web 1.4.0`. */
  readonly chart?: Moved;
  /** True if the user's values differ. */
  readonly valuesChanged?: boolean;
  /** When the revisions were made, in RFC 3339; for people. */
  readonly made?: Moved;
}

/** All codes of {@linkcode Risk}. */
export const RISK_CODES: readonly string[] = [
  "address",
  "crd",
  "data",
  "downtime",
  "foreign",
  "hook",
  "hpa-reset",
  "immutable",
  "in-use",
  "kept",
  "namespace",
  "no-restart",
  "other-release",
  "pending",
  "random",
  "record",
  "recreate",
  "refused",
  "removed-api",
  "restart",
  "takeover",
];

/** A whole comparison, as `-o json` prints it. */
export interface ChangeReport {
  /** Rises only when a field changes its meaning. */
  readonly schema: 1;
  /** The comparison, or the operation that would be done. */
  readonly operation: "install" | "upgrade" | "rollback" | "delete" | "live" | "revision";
  /** How existing objects are changed. */
  readonly apply?: ApplyMode;
  /** The release. */
  readonly release: ReleaseChange;
  /** In the order of the new manifest, then objects that only the old one has. */
  readonly objects: readonly ObjectChange[];
  /** In the order in which they run. */
  readonly hooks: readonly PlannedHook[];
  /** Worst first. */
  readonly risks: readonly Risk[];
  /** Counts: of objects by action, of hidden changes, and so on. */
  readonly summary: Readonly<Record<string, number>>;
}
