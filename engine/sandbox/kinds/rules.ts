/**
 * The rules of a kind: all that the server does with its objects beyond reading their fields.
 *
 * They answer to the kind's `strategy.go`, `defaults.go` and `validation.go` in Kubernetes.
 *
 * @module
 */
import type { Json } from "../json.ts";
import type { Machine } from "../machine.ts";
import type { FieldError } from "../status.ts";
import type { NameTest } from "../validation/names.ts";

/** One kind's rules. All work on data that has already been read as the kind's type. */
export interface Rules {
  /** Test for `metadata.name`; default: a DNS subdomain. */
  readonly name?: NameTest;
  /** True when changes of the spec are counted in `metadata.generation`. */
  readonly generation?: boolean;
  /** True when a status given at creation is kept. */
  readonly keepsStatus?: boolean;
  /** True when an update must name the resourceVersion that it replaces. */
  readonly needsVersion?: boolean;
  /** Fills in what the user left out. */
  readonly defaults?: (object: Json) => void;
  /** Called on create, after the defaults: sets fields that only the server decides. */
  readonly prepare?: (object: Json, machine: Machine) => void;
  /** Called on update and patch, after the defaults: keeps or sets fields that only the server decides. */
  readonly prepareUpdate?: (object: Json, before: Json, machine: Machine) => void;
  /** Returns the errors of the object, on create and on update. */
  readonly validate?: (object: Json) => FieldError[];
  /** Returns errors that are looked for only on create. */
  readonly validateCreate?: (object: Json) => FieldError[];
  /** Returns the fields that were changed and must not be. */
  readonly validateUpdate?: (object: Json, before: Json) => FieldError[];
  /**
   * True when the errors of `validateUpdate` come before those of `validate`; the order shows in
   * the message.
   */
  readonly updateFirst?: boolean;
  /** Throws the refusal of an admission plugin. Called on create, before validation. */
  readonly admit?: (object: Json, machine: Machine) => void;
}
