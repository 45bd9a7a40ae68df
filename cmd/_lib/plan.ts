/**
 * Flags and output of the commands that plan an operation.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import type { ChangeReport } from "../../engine/kube/explain/mod.ts";
import type { PlannedOperation, PredictMode } from "../../engine/release/mod.ts";
import { CHANGE_FLAGS, changeChoices, printChanges } from "./changes.ts";
import { type Context, defineFlags } from "./command.ts";
import type { Workplace } from "./environment.ts";

const MODES: readonly PredictMode[] = ["auto", "server", "local"];

/** Flags of `plan` and of the kinds of `diff` that predict. */
export const PLAN_FLAGS = defineFlags({
  ...CHANGE_FLAGS,
  "detailed-exitcode": {
    type: "bool",
    usage: "Exit with status 2 when objects would change or hooks would run, 4 when only the cluster has drifted",
  },
  "predict": {
    type: "string",
    complete: { words: ["auto", "server", "local"] },
    usage:
      "How the state afterwards is found: by dry runs of the server where it can (auto), by the server or not at " +
      "all (server), or by merging here (local)",
    default: "auto",
  },
});

/** Flags that only `diff upgrade` and `plan upgrade` have. */
export const UNRELEASED_FLAG = defineFlags({
  "allow-unreleased": {
    type: "bool",
    usage: "If the release does not exist, show all objects as new instead of failing",
  },
});

/** The context of a command that plans. */
export type PlanContext = Context<typeof PLAN_FLAGS>;

/** The part that a command shows: everything, or only the changes. */
export type PlanView = "plan" | "diff";

/** Plans an operation, prints it, and returns the exit status. */
export async function runPlan(
  context: PlanContext,
  { environment, operations }: Workplace,
  planned: PlannedOperation,
  view: PlanView,
): Promise<number> {
  const { flags } = context;
  const choices = await changeChoices(context);
  const { report } = await operations.planOperation(environment, planned, {
    ...choices.compare,
    predict: predictMode(flags.predict),
  });
  await printChanges(view === "plan" ? report : changesOnly(report), choices, context);
  return flags["detailed-exitcode"] ? exitStatus(report, view) : 0;
}

function predictMode(text: string): PredictMode {
  const mode = MODES.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw new SkegError("usage", `unknown way to predict ${quote(text)}`, { hint: `Use one of ${MODES.join(", ")}.` });
}

/** `diff` shows the changes section of the plan. */
function changesOnly(report: ChangeReport): ChangeReport {
  return { ...report, hooks: [], risks: [] };
}

/** Returns 2 when something would change, 4 when nothing would but the cluster has drifted, else 0. */
export function exitStatus({ objects, hooks, summary }: ChangeReport, view: PlanView): number {
  if (objects.some(({ action }) => action !== "none" && action !== "keep")) return 2;
  if (view === "plan" && hooks.length > 0) return 2;
  return (summary.drifted ?? 0) > 0 ? 4 : 0;
}
