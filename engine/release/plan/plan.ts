/**
 * Plans an operation: what it would do, and why.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Chart } from "../../model/mod.ts";
import type { ChangeReport } from "../../kube/explain/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { OperationSteps } from "../steps.ts";
import { compareOperation } from "./compare_operation.ts";
import { type CompareChoices, compareRevisions } from "./compare_revisions.ts";
import { type PredictedOperation, predictOperation, type PredictOperationOptions } from "./predict_operation.ts";
import { decide, type PlannedOperation } from "./decide.ts";

/** Options of {@linkcode planOperation}. */
export interface PlanOptions extends CompareChoices, PredictOperationOptions {}

/** A plan: the report for people and programs, and what would be performed. */
export interface PlannedChanges {
  /** The changes and their reasons. */
  readonly report: ChangeReport;
  /** The steps. */
  readonly steps: OperationSteps;
  /** The predicted writes. */
  readonly predicted: PredictedOperation;
  /** The chart and the user values that were given; absent: the operation takes those of a record. */
  readonly given?: { readonly chart: Chart; readonly config: string };
}

/**
 * Plans an operation. Changes nothing: sends reads and dry runs.
 *
 * @throws SkegError where the operation itself would be refused before it changes anything.
 */
export async function planOperation(
  env: Environment,
  planned: PlannedOperation,
  options: PlanOptions = {},
): Promise<PlannedChanges> {
  const steps = await decide(env, planned);
  const predicted = await predictOperation(env, steps, options);
  const report = await compareOperation(env, planned.operation, steps, predicted, options);
  return { report, steps, predicted, ...givenIn(planned) };
}

function givenIn(planned: PlannedOperation): Pick<PlannedChanges, "given"> {
  if (planned.operation !== "install" && planned.operation !== "upgrade") return {};
  const { chart, config = "" } = planned.options;
  return { given: { chart, config } };
}

/**
 * Compares what an operation would record with what is recorded. Reads records and the server's API versions, and no object
 * of the release: edits in the cluster are not seen.
 *
 * @throws SkegError where the operation itself would be refused before it changes anything.
 */
export async function diffOffline(
  env: Environment,
  planned: PlannedOperation,
  choices: CompareChoices = {},
): Promise<ChangeReport> {
  const { releases } = await decide(env, withoutReads(planned));
  const { old, new: target } = releases;
  if (target === undefined) throw new SkegError("usage", `${planned.operation} records no new revision to compare`);
  const report = await compareRevisions({ old, target }, await env.kube.capabilities(callOptions(env)), choices);
  return { ...report, operation: planned.operation };
}

/** Autoscalers are objects of the cluster, and change nothing in the record. */
function withoutReads(planned: PlannedOperation): PlannedOperation {
  switch (planned.operation) {
    case "upgrade":
      return { ...planned, options: { ...planned.options, respectAutoscalers: false } };
    case "rollback":
      return { ...planned, options: { ...planned.options, respectAutoscalers: false } };
    default:
      return planned;
  }
}
