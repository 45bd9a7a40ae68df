/**
 * The traits of a kind: facts that verbs ask for, where most kinds have none.
 *
 * @module
 */
import type { FieldSet } from "./fields/set.ts";

/** Facts about a kind, by which verbs treat its objects otherwise than those of most kinds. */
export interface Traits {
  /**
   * Fields that can be selected by, besides `metadata.name` and `metadata.namespace` (`conversion.go`
   * of each group in `pkg/apis`).
   */
  readonly selectable?: readonly string[];
  /** True when dependents stay if the client says nothing (`DefaultGarbageCollectionPolicy`). */
  readonly orphans?: boolean;
  /** True when a deletion answers with the object and not with a `Status` (`ReturnDeletedObject`). */
  readonly answersDeleted?: boolean;
  /** Fields besides the spec that a write of the status never sets (`GetResetFields`). */
  readonly statusKeeps?: FieldSet;
  /** The manager that reports the status in a real cluster; default `kube-controller-manager`. */
  readonly statusWriter?: string;
}
