/**
 * `repair quarantine`: takes records that cannot be decoded out of the history.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, positive, REPAIR_FLAGS, REVISION_FLAG, runRepairCommand } from "../_lib/repair.ts";

/** `repair quarantine`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Takes records that cannot be decoded out of the history of a release: their label OWNER
becomes TILLER-QUARANTINE, and the labels skeg.dev/name and skeg.dev/version tell what
they are. The data stays as it is.

The object keeps its name, so its revision number stays taken. If it is the newest
revision, Tiller's next upgrade asks for that number and is refused; an upgrade with
this program takes the next one.

'helm repair salvage' can save a record whose manifest is whole. Try that first.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair quarantine web
  helm repair quarantine web --yes
  helm repair quarantine web --revision 3 --yes
  helm repair quarantine --all --plan quarantine.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    ...REVISION_FLAG,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "quarantine", {
      revision: context.given.has("revision") ? positive("revision", context.flags.revision) : 0,
    });
  },
});
