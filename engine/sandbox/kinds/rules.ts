/**
 * What the server knows about a kind beyond its fields.
 *
 * @module
 */
import type { Json } from "../json.ts";
import type { Machine } from "../machine.ts";
import type { FieldError } from "../status.ts";
import type { NameTest } from "../validation/names.ts";

/** One kind's rules. All work on data that has already been read as the kind's type. */
export interface Rules {
  /** What a name may be; most kinds take a subdomain. */
  readonly name?: NameTest;
  /** True when the server counts the spec's changes in `metadata.generation`. */
  readonly generation?: boolean;
  /** True when a status given at creation is kept. */
  readonly keepsStatus?: boolean;
  /** True when an update has to name the resourceVersion it replaces. */
  readonly needsVersion?: boolean;
  /** Fills in what the user left out. */
  readonly defaults?: (object: Json) => void;
  /** What the server decides when the object is made. */
  readonly prepare?: (object: Json, machine: Machine) => void;
  /** What the server decides when the object is replaced. */
  readonly prepareUpdate?: (object: Json, before: Json, machine: Machine) => void;
  /** What is wrong with the object. */
  readonly validate?: (object: Json) => FieldError[];
  /** What is wrong with the object and is looked at only when it is made. */
  readonly validateCreate?: (object: Json) => FieldError[];
  /** What may not change. */
  readonly validateUpdate?: (object: Json, before: Json) => FieldError[];
  /** True when an update is checked for what may not change before it is checked for all else. */
  readonly updateFirst?: boolean;
  /** Refuses what admission refuses. */
  readonly admit?: (object: Json, machine: Machine) => void;
}
