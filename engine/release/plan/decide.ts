/**
 * Decides the steps of an operation that is planned.
 *
 * @module
 */
import type { Environment } from "../environment.ts";
import type { InstallOptions } from "../install.ts";
import type { RollbackOptions } from "../rollback.ts";
import type { OperationSteps } from "../steps.ts";
import type { UninstallOptions } from "../uninstall.ts";
import type { UpgradeOptions } from "../upgrade.ts";

/** The operation to plan, and its options. */
export type PlannedOperation =
  | { readonly operation: "install"; readonly options: InstallOptions }
  | { readonly operation: "upgrade"; readonly options: UpgradeOptions }
  | { readonly operation: "rollback"; readonly options: RollbackOptions }
  | { readonly operation: "delete"; readonly options: UninstallOptions };

/** Decides the steps; the file of each operation is loaded when it is needed. */
export async function decide(env: Environment, planned: PlannedOperation): Promise<OperationSteps> {
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
