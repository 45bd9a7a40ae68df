/**
 * `repair promote`: marks a revision DEPLOYED where there is none.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand, TRUST_FLAG, trustMe } from "../_lib/repair.ts";

/** `repair promote`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Marks one revision DEPLOYED in a release that has no DEPLOYED revision. Tiller answers
an upgrade of such a release with 'has no deployed releases'.

The highest revision that the live objects agree with is marked: no object is as in
another revision, and none is missing. If there is only one revision, objects may be
missing: the next upgrade creates them. '--trust-me REVISION' names the revision,
against the evidence.

A release whose newest revision is PENDING or DELETING needs 'helm repair settle'
first.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair promote web
  helm repair promote web --yes
  helm repair promote web --trust-me 3 --yes
  helm repair promote --all --plan promote.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    ...TRUST_FLAG,
  }),
  run: async (context) => {
    return await runRepairCommand(context, "promote", { trustMe: trustMe(context) });
  },
});
