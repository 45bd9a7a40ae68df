/**
 * `diff revision`: compares two revisions of a release.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { quote } from "../../engine/base/mod.ts";
import { CHANGE_FLAGS, changeChoices, printChanges } from "../_lib/changes.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { TLS_FLAGS } from "../_lib/flags.ts";

/** `diff revision`. */
export const command = defineCommand({
  usage: "[flags] RELEASE REVISION1 [REVISION2]",
  completes: { sources: ["release", "revision", "revision"] },
  long: `
Compares two revisions of a release by their records; without a second revision, with
the newest. Reads no objects of the cluster.

A difference is explained by rendering the stored charts again:

	chart    another template or another default
	values   another value of the user
	release  the revision number, install or upgrade, or the cluster's version
	render   each render gives another result, such as randAlphaNum

With '--detailed-exitcode' the exit status is 2 when there are differences.`,
  example: `  helm diff revision web 4 5
  helm diff revision web 4 --only Deployment
  helm diff revision web 4 5 --output json
  helm diff revision web 4 5 --output diff -C 3`,
  flags: defineFlags({ ...TLS_FLAGS, ...CHANGE_FLAGS }),
  run: async (context) => {
    const [name, from, to, more] = context.args;
    if (name === undefined || from === undefined || more !== undefined) {
      throw new SkegError("usage", "This command needs a release name and one or two revisions", {
        hint: "Example: skeg diff revision web 4 5",
      });
    }
    const choices = await changeChoices(context);
    const revisions = { from: revisionOf(from), to: to === undefined ? undefined : revisionOf(to) };
    return await withEnvironment(context, async ({ environment, operations }) => {
      const report = await operations.diffRevisions(environment, { ...choices.compare, name, ...revisions });
      return await printChanges(report, choices, context);
    });
  },
});

function revisionOf(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new SkegError("usage", `invalid revision ${quote(text)}: it must be a number from 1`, {
    hint: "See the revisions with 'skeg history RELEASE'.",
  });
}
