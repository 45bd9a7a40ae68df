/**
 * What an operation will do to the outside, as data.
 *
 * `prepare…` functions return a {@linkcode Plan} and touch nothing;
 * `perform` walks it and decides nothing.
 *
 * @module
 */
import type { HookEvent, Release, StatusCode, Timestamp } from "../model/mod.ts";
import type { StoredRelease } from "../../storage/mod.ts";
import type { ApplyMode } from "../kube/mod.ts";
import type { ParsedManifest } from "../chart/render/mod.ts";

/** Which release a step is about: the one being made, or the one that was there. */
export type Slot = "new" | "old";

/** A change of a release's status. */
export interface StatusChange {
  /** Whose. */
  readonly slot: Slot;
  /** The status it gets. */
  readonly status: StatusCode;
  /** The description it gets; absent: as it was. */
  readonly description?: string | undefined;
  /** In a {@linkcode Failure}: the description it gets, before the error's message. */
  readonly blame?: string | undefined;
  /** When it was deleted. */
  readonly deleted?: Timestamp | undefined;
  /** In a {@linkcode Failure}: only when objects were changed, and not put back. */
  readonly onlyIfChanged?: boolean | undefined;
}

/** What is recorded when a step fails. */
export interface Failure {
  /** In the order they are written. */
  readonly changes: readonly StatusChange[];
  /** Put before the error's message. */
  readonly prefix?: string | undefined;
  /** What can be done, when the error itself does not say it. */
  readonly hint?: string | undefined;
}

/** What happens to objects that exist and that the release did not make. */
export interface TakeOverOptions {
  /** They become the release's own, if no other release has them. */
  readonly adopt?: boolean | undefined;
  /** With `adopt`: also those that another release has. */
  readonly takeOwnership?: boolean | undefined;
}

/** One thing an operation will do to the outside. */
export type Step =
  /** Maps every document to a resource of the cluster; changes nothing. */
  | { readonly do: "validate"; readonly slot: Slot; readonly failure?: Failure }
  /** Makes sure that the record will fit; changes nothing. */
  | { readonly do: "measure"; readonly slot: Slot; readonly failure?: Failure }
  /** Runs the hooks of one event; with `collect`, an error is kept for later. */
  | {
    readonly do: "hooks";
    readonly slot: Slot;
    readonly event: HookEvent;
    readonly timeoutSeconds: number;
    readonly collect?: boolean;
    readonly failure?: Failure;
  }
  /**
   * Rejects, and takes the new record back, when the revision that was the newest is being deleted. With `takeOver`,
   * an unfinished one becomes SUPERSEDED: whoever may still be at work on it cannot finish it.
   */
  | { readonly do: "confirm"; readonly last: Release; readonly takeOver?: boolean; readonly failure?: Failure }
  /** Rejects, and gives the old release its status back, when a newer revision has been made. */
  | { readonly do: "alone"; readonly failure?: Failure }
  /**
   * Writes the new record, after shortening the history: to `keep` revisions at least, the new one included, as the
   * release still owns what those have made.
   */
  | { readonly do: "record"; readonly slot: Slot; readonly keep?: number; readonly failure?: Failure }
  /**
   * Changes a release's status, and rewrites its record when `write` says so:
   * `must` rejects when that fails, `try` warns. DELETED is not written while
   * objects could not be deleted: then the release stays DELETING.
   */
  | {
    readonly do: "status";
    readonly change: StatusChange;
    readonly write: "must" | "try" | "no";
    readonly failure?: Failure;
  }
  /** Creates every object of the manifest. */
  | {
    readonly do: "create";
    readonly slot: Slot;
    readonly wait: boolean;
    /** Workloads are ready only when their newest change has reached all of their pods. */
    readonly strictWait?: boolean;
    readonly timeoutSeconds: number;
    /** A manifest without objects is no error. */
    readonly allowEmpty?: boolean;
    readonly takeOver?: TakeOverOptions | undefined;
    readonly failure?: Failure;
  }
  /** Changes objects from the original manifest to the slot's. */
  | {
    readonly do: "update";
    readonly slot: Slot;
    readonly original: string;
    readonly wait: boolean;
    /** As for `create`. */
    readonly strictWait?: boolean;
    readonly timeoutSeconds: number;
    readonly force: boolean;
    readonly recreatePods: boolean;
    readonly cleanupOnFail: boolean;
    /** How existing objects are changed; default as Tiller did, which trusts that the original was carried out. */
    readonly apply?: ApplyMode | undefined;
    /** Manifests of revisions that were never finished: objects may be as any of them has them. */
    readonly alsoFrom?: readonly string[] | undefined;
    /** With `force`: the manifest of objects that are deleted and made anew, where it is another. */
    readonly anew?: string | undefined;
    /** On failure, bring what was changed back to the original. */
    readonly putBackOnFail?: boolean;
    /** The original may name objects of others: leave those out that exist and are not the release's own. */
    readonly checkOriginal?: boolean;
    readonly takeOver?: TakeOverOptions | undefined;
    readonly failure?: Failure;
  }
  /** Deletes documents one by one, and says which of `keep` are left; errors are kept for later. */
  | {
    readonly do: "delete";
    readonly slot: Slot;
    readonly manifests: readonly ParsedManifest[];
    readonly keep: readonly ParsedManifest[];
    /** An error that is known beforehand. */
    readonly problem?: string | undefined;
    readonly failure?: Failure;
  }
  /** Rejects when errors were kept: `prefix`, then `N error(s)`, then `suffix` and the errors. */
  | { readonly do: "reckon"; readonly prefix: string; readonly suffix: string; readonly failure?: Failure }
  /** Marks records SUPERSEDED: those given, and those labelled DEPLOYED when `labelled` is set. */
  | {
    readonly do: "supersede";
    readonly releases: readonly Release[];
    readonly labelled: boolean;
    readonly failure?: Failure;
  }
  /** Removes records, oldest first. */
  | { readonly do: "purge"; readonly releases: readonly Release[]; readonly failure?: Failure };

/** What an operation will do. */
export interface Plan {
  /** The releases that steps are about. */
  readonly releases: { readonly new?: Release | undefined; readonly old?: StoredRelease | undefined };
  /** Steps that change nothing; a dry run runs only these. */
  readonly checks: readonly Step[];
  /** The rest, in order; empty for a dry run. */
  readonly steps: readonly Step[];
  /** DEPLOYED revisions that are recorded in another place under the same name: what they name is not deleted. */
  readonly rivals?: readonly Release[] | undefined;
}
