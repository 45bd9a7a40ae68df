/**
 * The cluster that the global flags name. Apart from `caller.ts`, so that commands which only open a cluster do not load
 * what finds charts.
 *
 * @module
 */
import type { TargetOptions } from "../../app/open_target.ts";
import type { SqlPlace } from "../../storage/mod.ts";
import type { Context } from "./command.ts";

/** Returns the cluster that the global flags name. */
export function targetOf(
  { globals, variables, signal }: Pick<Context, "globals" | "variables" | "signal">,
): TargetOptions {
  return {
    kubeconfig: globals.kubeconfig,
    context: globals["kube-context"],
    sandbox: globals.sandbox,
    parallelism: globals.parallelism,
    variables,
    signal,
  };
}

/** Returns the database that the global flags name. */
export function sqlPlaceOf({ globals, variables }: Pick<Context, "globals" | "variables">): SqlPlace {
  return {
    connectionString: globals["sql-connection-string"],
    createSchema: globals["sql-create-schema"],
    variables,
  };
}

/**
 * Notes or refuses a sandbox file that does not exist, before a command that only reads.
 *
 * @returns A function for the end of the work, which prints the note in logs.
 */
export async function checkReadSandbox(context: Pick<Context, "globals" | "print">): Promise<() => void> {
  if (["", "default", "true", ":memory:"].includes(context.globals.sandbox)) return () => {};
  return await (await import("./new_sandbox.ts")).noteNewSandbox(context);
}
