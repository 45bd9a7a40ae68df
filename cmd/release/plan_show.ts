/**
 * `plan show`: shows a saved plan.
 *
 * @module
 */
import { readPlanFile } from "../../app/plan_file.ts";
import { CHANGE_FLAGS, changeChoices, printChanges } from "../_lib/changes.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { requireArgs } from "../_lib/flags.ts";

const { context, full, only, output, summary, "no-color": noColour } = CHANGE_FLAGS;

/** `plan show`. */
export const command = defineCommand({
  usage: "[flags] FILE",
  completes: { sources: ["file"] },
  long: `
Shows a plan that 'helm plan … --plan-out' saved. Reads no cluster. Secrets are
masked, as they were when the plan was made.`,
  example: `  helm plan show plan.json
  helm plan show plan.json.gz --only Deployment --output json`,
  flags: defineFlags({ context, full, only, output, summary, "no-color": noColour }),
  run: async ({ flags, args, given, ...rest }) => {
    requireArgs(args, "file of a plan");
    const [file = ""] = args;
    const { readPlan, selectReport } = await import("../../engine/release/mod.ts");
    const { public: report } = await readPlan(await readPlanFile(file), file);
    // The other flags have no effect on a plan that is made already.
    const all = { ...DEFAULTS, ...flags };
    const choices = await changeChoices({ flags: all });
    const { only } = choices.compare;
    const shown = only === undefined ? report : await selectReport(report, only);
    await printChanges(shown, choices, { ...rest, args, given, flags: all });
  },
});

const DEFAULTS = {
  "detailed-exitcode": false,
  "ignore": [],
  "ignore-file": "",
  "include-tests": false,
  "no-hooks": false,
  "show-ignored": false,
  "show-secrets": true,
  "suppress": [],
  "suppress-secrets": false,
};
