/**
 * Proposals of repairs: the exact command where the program has the repair, else the step by hand.
 *
 * @module
 */
import { REPAIRS } from "../repair/table.ts";
import type { ProposedRepair } from "./finding.ts";
import type { RecordStore } from "./inventory.ts";

/** A repair that a check proposes. */
export interface RepairProposal {
  /** Name of the repair, such as `settle`. */
  readonly fix: string;
  /** The release. */
  readonly release: string;
  /** Arguments after the release, such as `--as failed`. */
  readonly flags?: string | undefined;
  /** Effect of the repair. */
  readonly effect: string;
  /** The step by hand, for a version of the program without this repair; absent: nothing is proposed then. */
  readonly byHand?: string | undefined;
}

/** True if the program has this repair. */
export function hasRepair(fix: string): boolean {
  return Object.hasOwn(REPAIRS, fix);
}

/** Returns the proposals for records in `store`, in order. */
export function propose(
  store: Pick<RecordStore, "storage" | "namespace" | "isConfigured">,
  ...proposals: readonly (RepairProposal | undefined)[]
): ProposedRepair[] {
  return proposals.flatMap((proposal): ProposedRepair[] => {
    if (proposal === undefined) return [];
    const { fix, release, flags = "", effect, byHand } = proposal;
    if (!hasRepair(fix)) return byHand === undefined ? [] : [{ command: "", effect: byHand }];
    const words = ["skeg repair", fix, release, flags, placeFlags(store)].filter((word) => word !== "");
    return [{ command: words.join(" "), effect }];
  });
}

/** Returns a proposal of another command than `repair`. */
export function proposeCommand(
  store: Pick<RecordStore, "storage" | "namespace" | "isConfigured">,
  command: string,
  effect: string,
): ProposedRepair {
  const flags = placeFlags(store);
  return { command: flags === "" ? command : `${command} ${flags}`, effect };
}

/** Returns the flags that choose a place of records; empty for the configured one. */
export function placeFlags(
  { storage, namespace, isConfigured }: Pick<RecordStore, "storage" | "namespace" | "isConfigured">,
): string {
  if (isConfigured) return "";
  return `--storage ${storage}${namespace === "" ? "" : ` --tiller-namespace ${namespace}`}`;
}
