/**
 * A built-in kind: all that the sandbox does with its objects beyond reading their fields.
 *
 * Fields, discovery and columns are generated from a real Kubernetes, so a kind without an entry is
 * served too: it has no rules, nothing reacts to it, and its rows show name and age.
 *
 * @module
 */
import type { Json } from "../json.ts";
import type { Controller } from "../machine.ts";
import type { Cells } from "../tables/format.ts";
import type { Traits } from "../traits.ts";
import type { Rules } from "./rules.ts";

/** One kind. Each has a line in the table of kinds. */
export interface Kind extends Traits {
  /** The name that its objects are stored under: `group/plural`; the core group is empty. */
  readonly resource: string;
  /** Names, defaults, validation, and what the server sets. */
  readonly rules?: Rules;
  /** Brings objects of the kind towards the state that their spec asks for. */
  readonly controller?: Controller;
  /** Returns the cells of an object's row, in the order of the columns. */
  readonly cells?: Cells;
  /** Returns the conditions of an object's row. */
  readonly rowConditions?: (object: Json) => Json[];
}
