/**
 * `repair slim`: removes the chart's files from old revisions.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair slim`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Removes the templates and other files of the chart, and of its subcharts, from old
SUPERSEDED and FAILED revisions, so that their records take less space. The newest
revision and DEPLOYED ones stay as they are.

A rollback to such a revision works as before: it uses the stored manifest and hooks.
Values, manifest, hooks, and the chart's metadata and default values stay. Questions
about its templates, such as 'helm why', cannot be answered any more.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair slim web
  helm repair slim web --yes
  helm repair slim --all --plan slim.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "slim", {});
  },
});
