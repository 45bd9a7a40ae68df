/**
 * The state of one object's conversion.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { nameOf, RemovedApiError, type RemovedApiProblem } from "./error.ts";
import type { JsonMap } from "./plain.ts";
import type { IsServed } from "./successor.ts";

/** Options of {@linkcode mapRemovedApi}. */
export interface MapOptions {
  /** The API versions of the server. */
  readonly isServed: IsServed;
  /** The live object; absent: the object will be created. */
  readonly live?: KubeObject | undefined;
  /** If true, allows conversions that change an object's behaviour: `--allow-lossy-mapping`. */
  readonly allowLossy?: boolean | undefined;
  /**
   * `target` (default): the desired object. References are converted too, and objects that the server would
   * refuse are refused.
   *
   * `old`: the old side of a patch. Structure only: no references, no defaults even when `live` is absent,
   * and refusals only for a wrong shape or a missing successor.
   */
  readonly side?: "target" | "old" | undefined;
  /** The caller deletes and re-creates objects that cannot be patched: differences from `live` are not refused. */
  readonly force?: boolean | undefined;
}

/** The state of one conversion of one object. */
export interface Work {
  /** A copy that is changed in place. */
  readonly object: JsonMap;
  /** The object before this conversion; never changed. */
  readonly before: JsonMap;
  /** For messages: `Deployment "web"`. */
  readonly name: string;
  /** The version it had. */
  readonly from: string;
  /** The version it gets. */
  readonly to: string;
  /** Options of the caller. */
  readonly options: MapOptions;
  /** True for the target side, where references are converted and objects may be refused. */
  readonly isTarget: boolean;
  /** True if the target side has no live object. */
  readonly isCreation: boolean;
  /** One line per change, in order. */
  readonly changes: string[];
}

/** Returns the error that stops the operation. */
export function refusal(work: Work, problem: Omit<RemovedApiProblem, "object">): RemovedApiError {
  return new RemovedApiError({ object: work.name, ...problem });
}

/** Returns the error for a field that does not have the shape required by its version. */
export function wrongShape(
  object: unknown,
  from: string,
  field: string,
  found: string,
  wanted: string,
): RemovedApiError {
  return new RemovedApiError({
    object: nameOf(object as KubeObject),
    situation: "invalid",
    field,
    text: `cannot be converted from ${from}: ${field} is ${found} where ${wanted} belongs`,
    hint: `Correct ${field} in the chart.`,
  });
}
