/**
 * One object on its way through the table.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { nameOf, RemovedApiError, type RemovedApiProblem } from "./error.ts";
import type { JsonMap } from "./plain.ts";
import type { IsServed } from "./successor.ts";

/** How {@linkcode mapRemovedApi} maps. */
export interface MapOptions {
  /** What the server has. */
  readonly isServed: IsServed;
  /** The object as the server has it now; absent: it is about to be created. */
  readonly live?: KubeObject | undefined;
  /** Consent to conversions that change what an object does: `--allow-lossy-mapping`. */
  readonly allowLossy?: boolean | undefined;
  /**
   * `target` (default): what is to be. References are converted too, and what the server would refuse is refused.
   *
   * `old`: the old side of a patch. Structure only: no references, no defaults of creations even when `live` is
   * absent, and no refusal but for a wrong shape or a missing successor.
   */
  readonly side?: "target" | "old" | undefined;
  /** The caller deletes and re-creates objects that cannot be patched: differences from `live` are not refused. */
  readonly force?: boolean | undefined;
}

/** One object on its way through one conversion. */
export interface Work {
  /** A copy that is changed in place. */
  readonly object: JsonMap;
  /** As it was before this conversion; never changed. */
  readonly before: JsonMap;
  /** For messages: `Deployment "web"`. */
  readonly name: string;
  /** The version it had. */
  readonly from: string;
  /** The version it gets. */
  readonly to: string;
  /** What the caller asked for. */
  readonly options: MapOptions;
  /** True for the target side, where references are converted and refusals are made. */
  readonly isTarget: boolean;
  /** True when the target side has no live object. */
  readonly isCreation: boolean;
  /** One line per change, in order. */
  readonly changes: string[];
}

/** Returns the error that stops the operation. */
export function refusal(work: Work, problem: Omit<RemovedApiProblem, "object">): RemovedApiError {
  return new RemovedApiError({ object: work.name, ...problem });
}

/** Returns the error for a field that has not the shape that its version demands. */
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
