/**
 * The risks of an operation: those of its objects, of its hooks, of existing objects, and of its record.
 *
 * @module
 */
import { encodeRecord } from "../../../storage/mod.ts";
import {
  findRisks,
  inOrder,
  type ObjectChange,
  pathText,
  type PlannedHook,
  type Risk,
} from "../../kube/explain/mod.ts";
import { KubeManifest } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { hooksFor } from "../hooks.ts";
import { isUnderway } from "../rival.ts";
import type { OperationSteps } from "../steps.ts";
import type { OperationObject } from "./operation_objects.ts";
import type { PredictedOperation } from "./predict_operation.ts";
import { readRiskFacts } from "./risk_facts.ts";

/** The input of the search for risks. */
export interface OperationFacts {
  readonly env: Environment;
  readonly operation: OperationSteps;
  readonly predicted: PredictedOperation;
  readonly found: readonly OperationObject[];
  /** One for each of `found`. */
  readonly compared: readonly ObjectChange[];
  readonly hooks: readonly PlannedHook[];
}

/** Records above this size are near the limit of 1 MiB. */
const RECORD_NEAR_BYTES = 900 * 1024;

/** Returns the risks, the worst first. */
export async function operationRisks(facts: OperationFacts): Promise<Risk[]> {
  const { env, operation, found, compared } = facts;
  const revision = operation.releases.new?.revision;
  const subjects = found.flatMap((object, at) => {
    const change = compared[at];
    const refusal = object.writes.find((write) => write.refusal !== undefined)?.refusal?.message;
    return change === undefined ? [] : [{ ...object, change, refusal }];
  });
  return inOrder([
    ...unreached(findRisks(subjects, { ...await readRiskFacts(env, found, compared), revision }), compared),
    ...foreignRisks(facts),
    ...takeoverRisks(facts),
    ...await removedApiRisks(facts),
    ...pendingRisks(facts),
    ...problemRisks(facts),
    ...await hookRisks(facts),
    ...recordRisks(operation),
  ]);
}

/** Deletions come last, so a refusal keeps them from happening: their risks say so. */
function unreached(risks: readonly Risk[], compared: readonly ObjectChange[]): readonly Risk[] {
  if (!compared.some(({ action }) => action === "refused")) return risks;
  const going = new Set(compared.filter(({ action }) => action === "delete").map(({ id }) => `${id.kind}/${id.name}`));
  return risks.map((risk) => going.has(risk.object) ? { ...risk, text: `if it got so far: ${risk.text}` } : risk);
}

/** Objects that exist and that the release did not create: the operation would stop there. */
function foreignRisks({ found, predicted: { foreign }, operation }: OperationFacts): Risk[] {
  if (foreign === undefined) return [];
  // With --adopt, the refusal names only objects of other releases; a single one in its first line.
  const lines = [foreign.message, ...(foreign.details ?? "").split("\n")];
  const stop = `the operation stops before it changes an object of the chart${failedRecord(operation)}`;
  return found.filter(({ old, target, live }) => target !== undefined && old === undefined && live !== undefined)
    .flatMap(
      ({ id }): Risk[] => {
        const line = lines.find((text) => text.includes(`${id.kind} ${JSON.stringify(id.name)}`));
        if (line === undefined) return [];
        const owner = /(?:of|to) release ("(?:[^"\\]|\\.)*")/.exec(line)?.[1];
        const flags = owner === undefined ? "--adopt takes" : "--adopt --take-ownership take";
        return [{
          code: owner === undefined ? "foreign" : "other-release",
          level: "danger",
          object: `${id.kind}/${id.name}`,
          text: `it exists already${owner === undefined ? "" : ` and belongs to release ${owner}`}; ${stop}. ` +
            `${flags} it over`,
        }];
      },
    );
}

/** Returns what a failure leaves among the records; empty if the operation records none. */
function failedRecord({ steps, releases }: OperationSteps): string {
  const isMarked = steps.some((step) =>
    (step.do === "create" || step.do === "update") && (step.failure?.changes.length ?? 0) > 0
  );
  return isMarked && releases.new !== undefined ? `, and revision ${releases.new.revision} is recorded as FAILED` : "";
}

/** Fields that other managers have changed, and that server-side apply takes from them. */
function takeoverRisks({ operation, compared }: OperationFacts): Risk[] {
  if (!operation.steps.some((step) => step.do === "update" && step.apply === "server-side")) return [];
  return compared.flatMap(({ id, changes }) => {
    const taken = changes.filter(({ manager, overEdit, cause }) =>
      manager !== undefined && (overEdit === true || cause.includes("drift"))
    );
    return [...Map.groupBy(taken, ({ manager }) => manager ?? "")].map(([manager, fields]): Risk => {
      const more = fields.length > 3 ? ` and ${fields.length - 3} more` : "";
      const names = fields.slice(0, 3).map(({ path }) => pathText(path)).join(", ");
      return {
        code: "takeover",
        level: "warn",
        object: `${id.kind}/${id.name}`,
        text: `takes over from ${manager}: ${names}${more}`,
      };
    });
  });
}

/** Recorded API versions that the server does not have any more. */
async function removedApiRisks({ env, compared }: OperationFacts): Promise<Risk[]> {
  if (!compared.some(({ id }) => id.version !== undefined)) return [];
  const { apiVersions: served } = await env.kube.capabilities(callOptions(env));
  return compared.flatMap(({ id }): Risk[] => {
    const { from, to } = id.version ?? {};
    if (typeof from !== "string" || typeof to !== "string" || served.has(`${from}/${id.kind}`)) return [];
    const text = `the server does not have ${from} any more; the object is sent as ${to}`;
    return [{ code: "removed-api", level: "warn", object: `${id.kind}/${id.name}`, text }];
  });
}

/** A newest revision that was begun and has not ended: its operation may still be running. */
function pendingRisks({ env, operation }: OperationFacts): Risk[] {
  return operation.steps.flatMap((step): Risk[] => {
    if (step.do !== "confirm" || !step.last.info.status.code.startsWith("PENDING_")) return [];
    const { name, revision, info } = step.last;
    const isRecent = isUnderway(step.last, env.clock());
    const text = `revision ${revision} is ${info.status.code}: ` +
      (isRecent ? "its operation seems to be running" : "its operation was begun and has not ended");
    return [{ code: "pending", level: isRecent ? "danger" : "warn", object: `release ${name}`, text }];
  });
}

/** An error that ends the operation and that no object's risk explains. */
function problemRisks({ predicted, operation }: OperationFacts): Risk[] {
  const { problem, foreign } = predicted;
  if (problem === undefined || problem === foreign) return [];
  const { name = "" } = operation.releases.new ?? operation.releases.old ?? {};
  return [{ code: "refused", level: "danger", object: `release ${name}`, text: problem.message }];
}

async function hookRisks({ env, operation, hooks }: OperationFacts): Promise<Risk[]> {
  const risks: Risk[] = [];
  for (const hook of hooks) {
    if (hook.policies.includes("before-hook-creation")) {
      if (hook.kind !== "PersistentVolumeClaim") continue;
      const text = `the ${hook.event} hook deletes this claim first, with its data`;
      risks.push({ code: "hook", level: "warn", object: `${hook.kind}/${hook.name}`, text });
      continue;
    }
    if (await hookExists(env, operation, hook)) {
      const text = `the ${hook.event} hook fails with "already exists": no before-hook-creation policy removes it`;
      risks.push({ code: "hook", level: "warn", object: `${hook.kind}/${hook.name}`, text });
    }
  }
  return risks;
}

async function hookExists(
  env: Environment,
  { steps, releases }: OperationSteps,
  planned: PlannedHook,
): Promise<boolean> {
  for (const step of steps) {
    if (step.do !== "hooks" || step.event !== planned.event) continue;
    const release = releases[step.slot];
    const hook = hooksFor(release?.hooks ?? [], step.event).find(({ kind, name }) =>
      kind === planned.kind && name === planned.name
    );
    if (release === undefined || hook === undefined) continue;
    try {
      const infos = await env.kube.resolve(release.namespace, new KubeManifest(hook.manifest), callOptions(env));
      return (await env.kube.findExisting(infos, callOptions(env))).length > 0;
    } catch (error) {
      if (env.signal?.aborted) throw error;
      return false; // a kind that does not exist yet
    }
  }
  return false;
}

function recordRisks({ releases }: OperationSteps): Risk[] {
  if (releases.new === undefined) return [];
  const sizeBytes = encodeRecord(releases.new).length;
  if (sizeBytes < RECORD_NEAR_BYTES) return [];
  const text = `its record has ${Math.round(sizeBytes / 1024)} KiB; above 1024 KiB it cannot be stored`;
  return [{ code: "record", level: "warn", object: `release ${releases.new.name}`, text }];
}
