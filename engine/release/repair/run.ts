/**
 * Runs a repair on one release, or on all releases of the storage namespace.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Environment } from "../environment.ts";
import { checkExistingName } from "../names.ts";
import { warnOfTiller } from "./at_work.ts";
import { type RepairOptions, type RepairReport, runRepair } from "./perform.ts";
import { rawRecords, releaseNames } from "./records.ts";
import type { Repair } from "./repair.ts";
import { type OptionsOfRepair, type RepairName, REPAIRS } from "./table.ts";
import { messageOf } from "../../base/mod.ts";

/** The releases to repair. */
export interface RepairSubject {
  /** One release. */
  readonly release?: string | undefined;
  /** All releases of the storage namespace instead. */
  readonly all?: boolean | undefined;
}

/** A release that could not be repaired. */
export interface RepairFailure {
  /** The release. */
  readonly release: string;
  /** Why. */
  readonly message: string;
  /** The next step for the user; empty when there is none. */
  readonly hint: string;
}

/** Changes that a repair made, or would make. */
export interface RepairResult {
  /** Such as `map-apis`. */
  readonly repair: string;
  /** One for each release, in the order of names. */
  readonly reports: readonly RepairReport[];
  /** With `all`: releases that failed; the others were repaired. */
  readonly failures: readonly RepairFailure[];
  /** True if a release failed, or a record could not be changed although it should be. */
  readonly incomplete: boolean;
}

/**
 * Runs the repair `name`.
 *
 * Each release has its own backup. With `all`, a release that fails does not
 * stop the others; without it, the failure is thrown.
 *
 * @throws SkegError of kind `usage` unless the options name one release or all of them.
 */
export async function repair<N extends RepairName>(
  env: Environment,
  name: N,
  options: RepairSubject & RepairOptions & OptionsOfRepair<N>,
): Promise<RepairResult> {
  const fix = await REPAIRS[name]() as Repair<OptionsOfRepair<N>>;
  const { release, all = false } = options;
  if (all && fix.notForAll !== undefined) {
    throw new SkegError("usage", `${name} cannot be run on all releases: ${fix.notForAll}`, {
      hint: "Name one release.",
    });
  }
  if (all && "trustMe" in options && options.trustMe !== undefined) {
    throw new SkegError("usage", "--trust-me is about one release", { hint: "Name one release." });
  }
  if (all === (release !== undefined)) throw new SkegError("usage", "name one release, or all of them, to repair");
  const { namespace } = rawRecords(env);
  if (release !== undefined) checkExistingName(release);
  const names = release === undefined ? await releaseNames(env) : [release];
  const reports: RepairReport[] = [];
  const failures: RepairFailure[] = [];
  await warnOfTiller(env, namespace);
  for (const each of names) {
    try {
      reports.push(await runRepair(env, fix, each, options));
    } catch (error) {
      if (!all || env.signal?.aborted) throw error;
      failures.push({ release: each, message: messageOf(error), hint: hintOf(error) });
    }
  }
  const unsolved = reports.some(({ notes }) => notes.some((note) => note.unsolved));
  return { repair: name, reports, failures, incomplete: unsolved || failures.length > 0 };
}

function hintOf(error: unknown): string {
  return error instanceof SkegError ? error.hint ?? "" : "";
}
