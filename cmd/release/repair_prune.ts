/**
 * `repair prune`: deletes the oldest revisions of a release.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair prune`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Deletes the oldest revisions of a release, until '--keep' are left.

These stay in any case: the newest revision, all that are DEPLOYED, those that an
interrupted operation came from, and those that cannot be decoded.

With '--all', only releases that were deleted are pruned: others may have live objects,
and are pruned by their names only.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair prune web --keep 10
  helm repair prune web --keep 10 --yes
  helm repair prune --keep 1 --all --plan prune.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    "keep": { type: "int32", usage: "Revisions that stay; at least 1" },
  }),
  run: async (context) => {
    const { keep } = context.flags;
    if (!context.given.has("keep") && context.flags.apply === "") {
      throw new SkegError("usage", "--keep is required: the number of revisions that stay");
    }
    return await runRepairCommand(context, "prune", { keep });
  },
});
