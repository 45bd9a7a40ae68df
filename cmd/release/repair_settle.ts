/**
 * `repair settle`: ends an interrupted operation: mark its revision FAILED or DEPLOYED.
 *
 * @module
 */
import { quote } from "../../engine/base/mod.ts";
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand, TRUST_FLAG, trustMe } from "../_lib/repair.ts";

/** `repair settle`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Gives a final status to the newest revision of a release, when that revision is
PENDING or DELETING because the operation was interrupted. Tiller refuses to upgrade
such a release: 'another operation is in progress'.

	--as failed    marks the revision FAILED; an older DEPLOYED revision stays
	--as deployed  marks it DEPLOYED, and the older DEPLOYED revisions SUPERSEDED

'--as deployed' needs evidence: no live object may be as in an older revision, and none
may be missing, unless this is the only revision. '--trust-me REVISION' decides against
the evidence.

The repair is refused while another program may be working on the release: the record
is younger than '--older-than', a Tiller runs that started before it was written, or a
Job of one of its hooks is active. '--tiller-idle' says that Tiller is not working.

The status in the record and its label change, and the description, which becomes
'Marked FAILED by skeg repair; was PENDING_UPGRADE since …'. Nothing else does.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair settle web --as failed
  helm repair settle web --as failed --yes
  helm repair settle web --as deployed --trust-me 8 --yes
  helm repair settle --as failed --all --plan settle.json`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    ...TRUST_FLAG,
    "as": {
      type: "string",
      complete: { words: ["failed", "deployed"] },
      usage: "The status that the newest revision gets: failed or deployed",
    },
  }),
  run: async (context) => {
    const { as, apply } = context.flags;
    // A plan has its own.
    if (as !== "failed" && as !== "deployed" && apply === "") {
      const given = as === "" ? "--as is required" : `invalid argument ${quote(as)} for "--as"`;
      throw new SkegError("usage", `${given}: use failed or deployed`);
    }
    const options = { as: as === "deployed" ? "deployed" : "failed", trustMe: trustMe(context) } as const;
    return await runRepairCommand(context, "settle", options);
  },
});
