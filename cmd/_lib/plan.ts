/**
 * Flags and output of the commands that plan an operation.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import type { ChangeReport } from "../../engine/kube/explain/mod.ts";
import type { PlannedChanges, PlannedOperation, PredictMode } from "../../engine/release/mod.ts";
import { CHANGE_FLAGS, changeChoices, PLAN_FORMATS, printChanges } from "./changes.ts";
import { type Context, defineFlags, type Flags, type FlagValues } from "./command.ts";
import type { Workplace } from "./environment.ts";
import { tellRisk } from "./log.ts";

const MODES: readonly PredictMode[] = ["auto", "server", "local"];

/** Flags of `plan` and of the kinds of `diff` that predict. */
export const PLAN_FLAGS = defineFlags({
  ...CHANGE_FLAGS,
  "detailed-exitcode": {
    type: "bool",
    usage: "Exit with status 2 when objects would change or hooks would run, 4 when only the cluster has drifted",
  },
  "output": {
    ...CHANGE_FLAGS.output,
    complete: { words: PLAN_FORMATS },
    usage: "Format of the output: text, json, yaml, patch (the requests, masked), or as the helm-diff plugin prints " +
      "it: diff, simple",
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

/** Values for the flags of an operation that have no meaning for a plan, which changes nothing. */
export const NOT_PLANNED = {
  "confirm": false,
  "dry-run": false,
  "ignore-helm3": false,
  "kube-version": "",
  "show-release": false,
} as const;

/** Returns the flags of an operation that mean something for a plan: all but {@linkcode NOT_PLANNED}. */
export function plannable<F extends Flags>(flags: F): Omit<F, keyof typeof NOT_PLANNED> {
  const {
    "confirm": _,
    "dry-run": _dryRun,
    "ignore-helm3": _ignore,
    "kube-version": _version,
    "show-release": _release,
    ...rest
  } = flags;
  return rest as Omit<F, keyof typeof NOT_PLANNED>;
}

/** Flags of `plan` for saving the plan. */
export const SAVE_FLAGS = defineFlags({
  "plan-key": {
    type: "string",
    complete: "file",
    usage: "Seal the saved plan with the key in this file. Overrides $SKEG_PLAN_KEY",
    variable: "SKEG_PLAN_KEY",
  },
  "plan-out": {
    type: "string",
    complete: "file",
    usage: "Save the plan to this file, for 'helm apply'; compressed if the name ends in .gz",
  },
});

/** Flag of `diff upgrade` and `diff rollback`. */
export const OFFLINE_FLAG = defineFlags({
  "offline": {
    type: "bool",
    usage: "Compare with the record, and read no objects of the cluster: edits are not seen",
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

/** Saving of a plan; absent for `diff`. */
type SaveFlags = Partial<FlagValues<typeof SAVE_FLAGS>>;

/** The part that a command shows: everything, or only the changes. */
export type PlanView = "plan" | "diff";

/** Plans an operation, prints it, and returns the exit status. */
export async function runPlan(
  context: PlanContext,
  workplace: Workplace,
  planned: PlannedOperation,
  view: PlanView,
): Promise<number> {
  const { flags } = context;
  const { environment, operations } = workplace;
  const { "plan-out": file = "" } = flags as typeof flags & SaveFlags;
  if (file !== "" && flags["show-secrets"]) {
    throw new SkegError("usage", "--plan-out cannot be used with --show-secrets: what a plan shows is always masked");
  }
  const choices = await changeChoices(context, PLAN_FORMATS);
  const { offline = false } = flags as typeof flags & Partial<FlagValues<typeof OFFLINE_FLAG>>;
  if (offline) {
    if (choices.format === "patch") {
      throw new SkegError("usage", "--offline makes no requests that -o patch could show");
    }
    const report = await operations.diffOffline(environment, planned, choices.compare);
    await printChanges(report, choices, context);
    return flags["detailed-exitcode"] ? exitStatus(report, view) : 0;
  }
  const result = await operations.planOperation(environment, planned, {
    ...choices.compare,
    predict: predictMode(flags.predict),
  });
  const { report } = result;
  if (choices.format === "patch") {
    const { requestLines } = await import("./plan_requests.ts");
    const requests = await operations.plannedRequests(result, choices.compare.masker);
    context.print.out(requestLines(requests));
  }
  await printChanges(view === "plan" ? report : changesOnly(report), choices, context);
  if (file !== "") await saveTo(file, result, context, workplace);
  return flags["detailed-exitcode"] ? exitStatus(report, view) : 0;
}

/** Saves the plan, and says what the file holds. */
async function saveTo(
  file: string,
  planned: PlannedChanges,
  context: PlanContext,
  { environment, operations }: Workplace,
): Promise<void> {
  const { readPlanKey, writePlanFile } = await import("../../app/plan_file.ts");
  const { "plan-key": keyFile = "" } = context.flags as typeof context.flags & SaveFlags;
  const saved = await operations.savePlan(environment, planned, await readPlanKey(keyFile));
  await writePlanFile(file, saved);
  const clear = await operations.secretsInClear(saved);
  if (clear > 0) {
    const tell = tellRisk(context);
    tell(`${file} holds ${clear === 1 ? "1 secret" : `${clear} secrets`} in clear; --plan-key seals it.`);
  }
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
