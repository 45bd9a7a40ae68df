/**
 * The cluster that the global flags name. Apart from `caller.ts`, so that commands which only open a cluster do not load
 * what finds charts.
 *
 * @module
 */
import type { TargetOptions } from "../../app/open_target.ts";
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
