/**
 * `repair salvage`: writes a damaged record anew, from what can be read of it.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { positive, REPAIR_FLAGS, REVISION_FLAG, runRepairCommand } from "../_lib/repair.ts";

/** `repair salvage`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Writes a damaged record anew, from what can be read of it: one that was cut off, has
wrong bytes, or lacks its status, chart or namespace.

The manifest must be whole. Parts that are missing are taken from the nearest revision
that can be read, and the description says which: 'Salvaged by skeg repair; hooks from
revision 2'. If another revision is DEPLOYED, the salvaged one is not.

A record with wrong bytes may read well and still be altered. Look at its manifest with
'--show' before you write it.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair salvage web --show
  helm repair salvage web --revision 3 --yes`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...REVISION_FLAG,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "salvage", {
      revision: context.given.has("revision") ? positive("revision", context.flags.revision) : 0,
    });
  },
});
