/**
 * `repair forget`: deletes the records of a release, and none of its objects.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair forget`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Deletes all records of a release. Its objects stay, and belong to no release any more:
the preview says how many there are.

Use it when the objects are gone with their namespace, or when another program owns
them now. 'helm delete --purge' deletes records and objects.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair forget web
  helm repair forget web --yes`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "forget", {});
  },
});
