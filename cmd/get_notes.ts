/**
 * `get notes`: what a release's chart tells its users.
 *
 * Source: Helm 2.17.0, `cmd/helm/get_notes.go`.
 *
 * @module
 */
import { getRelease } from "../engine/release/mod.ts";
import { defineCommand, defineFlags } from "./_command.ts";
import { withEnvironment } from "./_environment.ts";
import { requireRelease, TLS_FLAGS } from "./_flags.ts";

/** `get notes`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  long: `
Prints the notes that the chart of a release left for its users.`,
  flags: defineFlags({
    ...TLS_FLAGS,
    "revision": { type: "int32", usage: "Get the notes of the named release with revision" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    await withEnvironment(context, async ({ environment }) => {
      const { info } = await getRelease(environment, { name, revision: flags.revision });
      if (info.status.notes !== "") print.out(`NOTES:\n${info.status.notes}\n`);
    });
  },
});
