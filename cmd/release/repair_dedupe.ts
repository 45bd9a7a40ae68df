/**
 * `repair dedupe`: leaves one DEPLOYED revision where there are several.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand, TRUST_FLAG, trustMe } from "../_lib/repair.ts";

/** `repair dedupe`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Leaves one of several DEPLOYED revisions of a release. The others become SUPERSEDED.

The highest DEPLOYED revision that the live objects agree with stays: no object is as
in one of the others, and none is missing. '--trust-me REVISION' names the one that
stays, against the evidence.

The others are written first, so there are never more DEPLOYED revisions than before.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair dedupe web
  helm repair dedupe web --yes
  helm repair dedupe web --trust-me 7 --yes
  helm repair dedupe --all --plan dedupe.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    ...TRUST_FLAG,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "dedupe", { trustMe: trustMe(context) });
  },
});
