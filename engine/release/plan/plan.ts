/**
 * Plans an operation: what it would do, and why.
 *
 * @module
 */
import type { ChangeReport } from "../../kube/explain/mod.ts";
import type { Environment } from "../environment.ts";
import type { InstallOptions } from "../install.ts";
import type { RollbackOptions } from "../rollback.ts";
import type { Plan as Operation } from "../steps.ts";
import type { UninstallOptions } from "../uninstall.ts";
import type { UpgradeOptions } from "../upgrade.ts";
import { compareOperation } from "./compare_operation.ts";
import type { CompareChoices } from "./compare_revisions.ts";
import { type PredictedOperation, predictOperation, type PredictOperationOptions } from "./predict_operation.ts";

/** The operation to plan, and its options. */
export type PlannedOperation =
  | { readonly operation: "install"; readonly options: InstallOptions }
  | { readonly operation: "upgrade"; readonly options: UpgradeOptions }
  | { readonly operation: "rollback"; readonly options: RollbackOptions }
  | { readonly operation: "delete"; readonly options: UninstallOptions };

/** Options of {@linkcode planOperation}. */
export interface PlanOptions extends CompareChoices, PredictOperationOptions {}

/** A plan: the report for people and programs, and what would be performed. */
export interface PlannedChanges {
  /** The changes and their reasons. */
  readonly report: ChangeReport;
  /** The steps. */
  readonly steps: Operation;
  /** The predicted writes. */
  readonly predicted: PredictedOperation;
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
  for (const text of predicted.warnings) env.report({ type: "warning", text });
  const report = await compareOperation(env, planned.operation, steps, predicted, options);
  return { report, steps, predicted };
}

/** Decides the steps; the file of each operation is loaded when it is needed. */
async function decide(env: Environment, planned: PlannedOperation): Promise<Operation> {
  switch (planned.operation) {
    case "install":
      return await (await import("../install.ts")).decideInstall(env, { ...planned.options, dryRun: false });
    case "upgrade":
      return await (await import("../upgrade.ts")).decideUpgrade(env, { ...planned.options, dryRun: false });
    case "rollback":
      return await (await import("../rollback.ts")).decideRollback(env, { ...planned.options, dryRun: false });
    case "delete":
      return await (await import("../uninstall.ts")).decideUninstall(env, planned.options);
  }
}
