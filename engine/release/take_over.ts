/**
 * Decides if a release may take over existing objects that it did not create.
 *
 * Helm 2 cannot take an object over; its error names the first one.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { ExistingObject, TakeOver } from "../kube/mod.ts";
import type { Release } from "../model/mod.ts";
import type { Environment } from "./environment.ts";
import { describeObject } from "./object_names.ts";
import type { ForeignObject, Ownership } from "./ownership.ts";
import type { TakeOverOptions } from "./steps.ts";

/** An object and the other release that owns it. */
interface Found {
  readonly object: ExistingObject;
  readonly owner: string | undefined;
}

/**
 * Returns the function that decides about existing objects. Without `adopt` all are refused; with it, only
 * those of other releases; with `takeOwnership`, none.
 */
export function takeOverBy(
  env: Environment,
  ownership: Ownership,
  release: Release,
  options: TakeOverOptions = {},
): TakeOver {
  return async (objects, refusal) => {
    const owners = await ownersOf(env, ownership, objects);
    const found: Found[] = objects.map((object, index) => ({ object, owner: owners[index] }));
    if (options.adopt !== true) throw refused(refusal, found, release);
    const taken = found.filter(({ owner }) => owner !== undefined);
    if (taken.length > 0 && options.takeOwnership !== true) throw belongsToOthers(taken);
    for (const { object, owner } of found) {
      const from = owner === undefined ? "" : ` from release ${JSON.stringify(owner)}`;
      const text = `${describeObject(object.info)} existed already and is taken over${from}`;
      env.report({ type: "note", text });
    }
  };
}

/**
 * Returns the releases that own the objects; `undefined` if records cannot be read, as that must not hide the
 * refusal.
 */
async function ownersOf(
  env: Environment,
  ownership: Ownership,
  objects: readonly ExistingObject[],
): Promise<readonly (string | undefined)[]> {
  try {
    return await ownership.otherOwners(objects.map(({ info }) => info));
  } catch (error) {
    if (env.signal?.aborted) throw error;
    return [];
  }
}

function refused(refusal: SkegError, found: readonly Found[], { name }: Release): SkegError {
  const lines = found.map(({ object, owner }) =>
    `  ${describeObject(object.info)}${owner === undefined ? "" : `, of release ${JSON.stringify(owner)}`}`
  );
  const are = found.length === 1 ? "1 object of the chart exists" : `${found.length} objects of the chart exist`;
  const them = found.length === 1 ? "it" : "them";
  const flags = found.some(({ owner }) => owner !== undefined) ? "--adopt --take-ownership" : "--adopt";
  const details = `${are} already, and release ${JSON.stringify(name)} did not create ${them}:\n` +
    `${lines.join("\n")}\nDelete or rename ${them}, or let the release take ${them} over with ${flags}.`;
  return new SkegError(refusal.kind, refusal.message, { cause: refusal, hint: refusal.hint, details });
}

function belongsToOthers(taken: readonly Found[]): SkegError {
  const [first] = taken;
  const all = taken.map(({ object, owner }) =>
    `${describeObject(object.info)} belongs to release ${JSON.stringify(owner)}`
  );
  const owners = [...new Set(taken.map(({ owner }) => JSON.stringify(owner)))].join(", ");
  return new SkegError("exists", `${all[0]}${taken.length > 1 ? ` (and ${taken.length - 1} more)` : ""}`, {
    details: `${taken.length > 1 ? `${all.map((line) => `  ${line}`).join("\n")}\n` : ""}` +
      `Take it from there with --take-ownership; ${owners} then no longer deletes it, and two releases change it ` +
      `until the chart of ${JSON.stringify(first?.owner)} drops it.`,
  });
}

/** Returns one line for each object that is not touched. */
export function describeForeign(foreign: readonly ForeignObject[]): string[] {
  return foreign.filter(({ isTold }) => isTold !== true).map(({ found, reason }) =>
    `${describeObject(found.info)} is left alone: ${reason}`
  );
}
