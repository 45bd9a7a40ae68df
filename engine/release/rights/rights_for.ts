/**
 * The rights for one operation, for everything that a release needs, or for records alone.
 *
 * @module
 */
import { lastRelease, releaseHistory } from "../../../storage/mod.ts";
import type { Right } from "../../kube/mod.ts";
import { callOptions, recordOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { checkExistingName } from "../names.ts";
import { decide, type PlannedOperation } from "../plan/decide.ts";
import type { TestOptions } from "../run_tests.ts";
import type { OperationSteps } from "../steps.ts";
import { changedSomething } from "../was_deployed.ts";
import { rightsOfPlan } from "./plan_rights.ts";
import { recordRights } from "./records.ts";
import { rightsOfRelease } from "./release_rights.ts";
import { rightsOfTests } from "./test_rights.ts";

/** The purpose of rights. */
export type RightsPurpose =
  | PlannedOperation
  /** The tests of a release. */
  | { readonly operation: "test"; readonly options: TestOptions }
  /** Any upgrade, rollback or deletion of a release that keeps its kinds of objects. */
  | { readonly operation: "release"; readonly options: { readonly name: string } }
  /** The records of all releases. */
  | { readonly operation: "records" };

/**
 * Returns the rights for `purpose`, one for each verb, kind and object.
 *
 * An install reads no records for this: its rights can be asked for by a user who has none of them.
 *
 * @throws SkegError where the operation itself would be refused before it changes anything.
 */
export async function rightsFor(env: Environment, purpose: RightsPurpose): Promise<Right[]> {
  switch (purpose.operation) {
    case "records":
      return recordRights(env.driver);
    case "release":
      return await rightsOfHistory(env, purpose.options.name);
    case "test":
      return await rightsOfTests(env, await newest(env, purpose.options.name), purpose.options);
    default:
      return await rightsOfPlan(env, await decideAny(env, purpose));
  }
}

/** Returns the rights for the newest revision, and for older ones whose objects the release still has after a failure. */
async function rightsOfHistory(env: Environment, name: string): Promise<Right[]> {
  checkExistingName(name);
  const history = await releaseHistory(env.driver, name, recordOptions(env));
  const release = history.at(-1) ?? await newest(env, name);
  const { claimedBefore } = await import("../uninstall.ts");
  return await rightsOfRelease(env, release, { before: claimedBefore(history).filter(changedSomething) });
}

async function newest(env: Environment, name: string) {
  checkExistingName(name);
  return await lastRelease(env.driver, name, recordOptions(env));
}

/** Decides the steps of an operation; an install may be of a release that exists. */
async function decideAny(env: Environment, planned: PlannedOperation): Promise<OperationSteps> {
  if (planned.operation !== "install") return await decide(env, planned);
  const { decideInstall } = await import("../install.ts");
  const { name = "" } = planned.options;
  const capabilities = await env.kube.capabilities(callOptions(env));
  const facts = { name: name || "release-name", history: [], capabilities, now: env.clock() };
  return await decideInstall(env, { ...planned.options, dryRun: false }, facts);
}
