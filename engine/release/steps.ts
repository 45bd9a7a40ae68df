/**
 * The steps of an operation, as data.
 *
 * `prepare…` functions return a {@linkcode OperationSteps} and touch nothing;
 * `perform` walks it and decides nothing.
 *
 * @module
 */
import type { HookEvent, Release, StatusCode, Timestamp } from "../model/mod.ts";
import type { StoredRelease } from "../../storage/mod.ts";
import type { ApplyMode, KnownDocuments, KubeManifest } from "../kube/mod.ts";
import type { DocumentToDelete } from "./deletion.ts";

/** The release that a step is about: the new one, or the one that existed before. */
export type Slot = "new" | "old";

/** A change of a release's status. */
export interface StatusChange {
  /** The release that changes. */
  readonly slot: Slot;
  /** The new status. */
  readonly status: StatusCode;
  /** The new description; absent: unchanged. */
  readonly description?: string | undefined;
  /** In a {@linkcode Failure}: the new description, followed by the error's message. */
  readonly blame?: string | undefined;
  /** When it was deleted. */
  readonly deleted?: Timestamp | undefined;
  /** In a {@linkcode Failure}: applies only if objects were changed and not restored. */
  readonly onlyIfChanged?: boolean | undefined;
}

/** Changes to record when a step fails. */
export interface Failure {
  /** In the order of writing. */
  readonly changes: readonly StatusChange[];
  /** Prefix of the error's message. */
  readonly prefix?: string | undefined;
  /** The next step for the user, if the error has no hint. */
  readonly hint?: string | undefined;
}

/** Treatment of existing objects that the release did not create. */
export interface TakeOverOptions {
  /** If true, the release takes them over unless another release owns them. */
  readonly adopt?: boolean | undefined;
  /** With `adopt`: takes over objects of other releases too. */
  readonly takeOwnership?: boolean | undefined;
}

/** One step of an operation. */
export type Step =
  /** Maps every document to a resource of the cluster; changes nothing. */
  | { readonly do: "validate"; readonly slot: Slot; readonly manifest: KubeManifest; readonly failure?: Failure }
  /** Checks that the record will fit; changes nothing. */
  | { readonly do: "measure"; readonly slot: Slot; readonly failure?: Failure }
  /** Runs the hooks of one event; with `collect`, an error is collected for `reckon`. */
  | {
    readonly do: "hooks";
    readonly slot: Slot;
    readonly event: HookEvent;
    readonly timeoutSeconds: number;
    readonly collect?: boolean;
    readonly failure?: Failure;
  }
  /**
   * Rejects, and removes the new record, when the revision that was the newest is being deleted. With
   * `takeOver`, an unfinished one becomes SUPERSEDED: an operation that may still be running on it can no
   * longer finish it.
   */
  | { readonly do: "confirm"; readonly last: Release; readonly takeOver?: boolean; readonly failure?: Failure }
  /** Rejects, and restores the old release's status, when a newer revision was created. */
  | { readonly do: "alone"; readonly failure?: Failure }
  /**
   * Shortens the history, then writes the new record. At least `keep` revisions stay, the new one included:
   * the release still owns the objects that they created.
   */
  | { readonly do: "record"; readonly slot: Slot; readonly keep?: number; readonly failure?: Failure }
  /**
   * Changes a release's status. `write: "must"` rewrites the record and rejects on failure; `try` rewrites it
   * and warns on failure. DELETED is not written if objects could not be deleted: the release stays DELETING.
   */
  | {
    readonly do: "status";
    readonly change: StatusChange;
    readonly write: "must" | "try" | "no";
    readonly failure?: Failure;
  }
  /** Creates every object of the manifest, which is the slot's. */
  | {
    readonly do: "create";
    readonly slot: Slot;
    readonly manifest: KubeManifest;
    readonly wait: boolean;
    /** How strictly: see `WaitSettings`. */
    readonly waitStrict?: boolean | "all";
    readonly timeoutSeconds: number;
    /** If true, a manifest without objects is not an error. */
    readonly allowEmpty?: boolean;
    readonly takeOver?: TakeOverOptions | undefined;
    readonly failure?: Failure;
  }
  /** Changes objects from the original manifest to the target, which is the slot's. */
  | {
    readonly do: "update";
    readonly slot: Slot;
    readonly original: KubeManifest;
    readonly target: KubeManifest;
    readonly wait: boolean;
    /** See `create`. */
    readonly waitStrict?: boolean | "all";
    readonly timeoutSeconds: number;
    readonly force: boolean;
    readonly recreatePods: boolean;
    readonly cleanupOnFail: boolean;
    /** How existing objects are changed; default as in Tiller, which assumes that they match the original. */
    readonly apply?: ApplyMode | undefined;
    /** Manifests of unfinished revisions: objects may match any of them. */
    readonly alsoFrom?: readonly KubeManifest[] | undefined;
    /** With `force`: the manifest of objects that are deleted and created again, if it differs. */
    readonly anew?: KubeManifest | undefined;
    /** If true, a failure restores changed objects to the original. */
    readonly putBackOnFail?: boolean;
    /**
     * True if the original may name objects of others: existing objects that do not belong to the release are
     * left out.
     */
    readonly checkOriginal?: boolean;
    readonly takeOver?: TakeOverOptions | undefined;
    readonly failure?: Failure;
  }
  /** Deletes documents one by one, and reports which of `keep` exist; errors are collected for `reckon`. */
  | {
    readonly do: "delete";
    readonly slot: Slot;
    readonly documents: readonly DocumentToDelete[];
    readonly keep: readonly DocumentToDelete[];
    /** An error that is already known. */
    readonly problem?: string | undefined;
    readonly failure?: Failure;
  }
  /** Rejects if errors were collected: `prefix`, then `N error(s)`, then `suffix` and the errors. */
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

/** The releases and the steps of an operation. */
export interface OperationSteps {
  /** The releases of the steps, by slot. */
  readonly releases: { readonly new?: Release | undefined; readonly old?: StoredRelease | undefined };
  /** Steps that change nothing; a dry run runs only these. */
  readonly checks: readonly Step[];
  /** The steps that change something, in order; empty for a dry run. */
  readonly steps: readonly Step[];
  /** DEPLOYED revisions of the same name in another place: objects that they name are not deleted. */
  readonly rivals?: readonly Release[] | undefined;
  /** Documents of the releases' manifests and hooks that are decoded already. */
  readonly known?: KnownDocuments | undefined;
}
