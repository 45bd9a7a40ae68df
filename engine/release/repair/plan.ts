/**
 * Plans of repairs of all releases: decided first, performed later, and only if no record was modified in between.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { type ArchivedCluster, type ArchivedStorage, archivedStorage, type ArchivedWrite } from "./archive.ts";
import { archivedWrite, clusterOf } from "./backups.ts";
import type { PlannedRepair, RepairOptions } from "./perform.ts";
import { rawRecords } from "./records.ts";
import { repair, type RepairFailure, type RepairResult } from "./run.ts";
import { type OptionsOfRepair, type RepairName, REPAIRS } from "./table.ts";
import { placeProblem } from "./undo.ts";
import { messageOf } from "../../base/mod.ts";

/** Version of the format. */
const PLAN_FORMAT = 1;

/** A record as it was when the plan was made. */
export interface BoundRecord {
  /** Such as `web.v3`. */
  readonly key: string;
  /** Empty for rows of a database. */
  readonly uid: string;
  /** As the server sent it. */
  readonly resourceVersion: string;
}

/** The planned repair of one release. */
export interface PlannedRelease {
  /** The release. */
  readonly release: string;
  /** All its records, oldest first. */
  readonly records: readonly BoundRecord[];
  /** The writes, in their order. */
  readonly writes: readonly ArchivedWrite[];
}

/** A repair of all releases that was decided and not performed. Plain data, ready for JSON. It holds no values of releases. */
export interface SavedRepairPlan {
  /** Version of the format. */
  readonly repairPlan: number;
  /** The repair: `prune`. */
  readonly repair: RepairName;
  /** Its options. */
  readonly options: Readonly<Record<string, unknown>>;
  /** When it was made, such as `2026-01-31T12:00:00Z`. */
  readonly time: string;
  /** Where the records are. */
  readonly cluster: ArchivedCluster;
  /** Where the records are. */
  readonly storage: ArchivedStorage;
  /** Releases with something to write. */
  readonly releases: readonly PlannedRelease[];
}

/** Decides a repair of all releases, and returns it with the preview. Writes nothing. */
export async function planRepair<N extends RepairName>(
  env: Environment,
  name: N,
  options: Omit<RepairOptions, "yes" | "check" | "backups"> & OptionsOfRepair<N>,
): Promise<{ readonly plan: SavedRepairPlan; readonly result: RepairResult }> {
  const releases: PlannedRelease[] = [];
  const result = await repair(env, name, {
    ...options,
    all: true,
    check: async (planned) => void releases.push(await boundRelease(planned)),
  });
  const time = new Date(env.clock().seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z");
  const plan: SavedRepairPlan = {
    repairPlan: PLAN_FORMAT,
    repair: name,
    options: options as Readonly<Record<string, unknown>>,
    time,
    cluster: await clusterOf(env),
    storage: archivedStorage(rawRecords(env)),
    releases,
  };
  return { plan, result };
}

/**
 * Performs a plan. Each release has its own backup. A release is left as it is when one of its records is not the one of the
 * plan, or when the repair would write something else now; the others are repaired.
 *
 * @throws SkegError of kind `usage` for a plan of another cluster or storage.
 */
export async function applyRepairPlan(
  env: Environment,
  plan: SavedRepairPlan,
  options: RepairOptions,
): Promise<RepairResult> {
  const problem = await placeProblem(env, rawRecords(env), plan, "plan");
  if (problem !== undefined) throw problem;
  const reports: RepairResult["reports"][number][] = [];
  const failures: RepairFailure[] = [];
  let incomplete = false;
  for (const planned of plan.releases) {
    try {
      const result = await repair(env, plan.repair, {
        ...plan.options as OptionsOfRepair<RepairName>,
        ...options,
        release: planned.release,
        yes: true,
        check: (found) => refuseOther(planned, found),
      });
      reports.push(...result.reports);
      incomplete ||= result.incomplete;
    } catch (error) {
      if (env.signal?.aborted) throw error;
      const hint = error instanceof SkegError ? error.hint ?? "" : "";
      failures.push({ release: planned.release, message: messageOf(error), hint });
    }
  }
  return { repair: plan.repair, reports, failures, incomplete: incomplete || failures.length > 0 };
}

async function boundRelease({ records, writes }: PlannedRepair): Promise<PlannedRelease> {
  return {
    release: records.name,
    records: records.records.map(({ key, object }): BoundRecord => ({
      key,
      uid: object.metadata?.uid ?? "",
      resourceVersion: object.metadata?.resourceVersion ?? "",
    })),
    writes: await Promise.all(writes.map(archivedWrite)),
  };
}

async function refuseOther(planned: PlannedRelease, found: PlannedRepair): Promise<void> {
  const now = await boundRelease(found);
  const before = new Map(planned.records.map((record) => [record.key, record]));
  const moved = now.records.filter(({ key, uid, resourceVersion }) => {
    const known = before.get(key);
    return known?.uid !== uid || known.resourceVersion !== resourceVersion;
  }).map(({ key }) => key);
  const keys = new Set(now.records.map(({ key }) => key));
  moved.push(...planned.records.filter(({ key }) => !keys.has(key)).map(({ key }) => key));
  const hint = "Make a new plan.";
  if (moved.length > 0) {
    throw new SkegError("conflict", `${moved.join(", ")}: modified since the plan was made; nothing was written`, {
      hint,
    });
  }
  if (JSON.stringify(now.writes.map(inOrder)) !== JSON.stringify(planned.writes.map(inOrder))) {
    throw new SkegError("conflict", "the repair would write something else than the plan; nothing was written", {
      hint,
    });
  }
}

/** Returns the facts of a write in one order: files sort their keys. */
function inOrder({ key, verb, labels, dataSha256 }: ArchivedWrite): unknown {
  return [key, verb ?? "update", Object.keys(labels).sort().map((label) => [label, labels[label]]), dataSha256];
}

/**
 * Reads a plan from its JSON.
 *
 * @param source Name of the file, for errors.
 * @throws SkegError of kind `io` for anything else.
 */
export function readRepairPlan(text: string, source: string): SavedRepairPlan {
  let plan: Partial<SavedRepairPlan> | null;
  try {
    plan = JSON.parse(text);
  } catch (cause) {
    throw new SkegError("io", `${source} is not the plan of a repair: it is not JSON`, { cause });
  }
  if (typeof plan?.repairPlan === "number" && plan.repairPlan > PLAN_FORMAT) {
    throw new SkegError("io", `${source} has format version ${plan.repairPlan}; this program reads ${PLAN_FORMAT}`, {
      hint: "Use a newer version of this program.",
    });
  }
  const isWhole = plan?.repairPlan === PLAN_FORMAT && typeof plan.repair === "string" &&
    Object.hasOwn(REPAIRS, plan.repair) && typeof plan.storage?.kind === "string" &&
    typeof plan.cluster?.uid === "string" && typeof plan.options === "object" && Array.isArray(plan.releases) &&
    plan.releases.every((each) =>
      typeof each?.release === "string" && Array.isArray(each.records) && Array.isArray(each.writes)
    );
  if (!isWhole) throw new SkegError("io", `${source} is not the plan of a repair`);
  return plan as SavedRepairPlan;
}
