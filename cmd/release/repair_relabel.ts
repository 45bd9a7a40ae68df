/**
 * `repair relabel`: makes the labels of records and their content agree.
 *
 * @module
 */
import { quote } from "../../engine/base/mod.ts";
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand, TRUST_FLAG, trustMe } from "../_lib/repair.ts";

/** `repair relabel`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Makes the labels of records and their content agree. Labels decide which records are
found and which revision counts as DEPLOYED; lists show the status in the content.

	--truth content  the labels NAME, OWNER, STATUS and VERSION get the values of the
	                 content; a record under the wrong name is written anew under the
	                 right one, if that is free, and the old one is deleted
	--truth label    the status in the content gets the value of the label STATUS

Records are found by their names, even without labels, as after a restored backup.

The repair is refused when more revisions would be DEPLOYED than before. With
'--truth label', a revision becomes DEPLOYED only if the live objects agree with it, or
with '--trust-me REVISION'.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair relabel web --truth content
  helm repair relabel web --truth content --yes
  helm repair relabel web --truth label --yes
  helm repair relabel --truth content --all --plan relabel.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    ...TRUST_FLAG,
    "truth": {
      type: "string",
      complete: { words: ["content", "label"] },
      usage: "The side that is right: content or label",
    },
  }),
  run: async (context) => {
    const { truth, apply } = context.flags;
    // A plan has its own.
    if (truth !== "content" && truth !== "label" && apply === "") {
      const given = truth === "" ? "--truth is required" : `invalid argument ${quote(truth)} for "--truth"`;
      throw new SkegError("usage", `${given}: use content or label`);
    }
    const options = { truth: truth === "label" ? "label" : "content", trustMe: trustMe(context) } as const;
    return await runRepairCommand(context, "relabel", options);
  },
});
