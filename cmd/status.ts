/**
 * `status`: how a release is doing.
 *
 * Source: Helm 2.17.0, `cmd/helm/status.go`.
 *
 * @module
 */
import { defineCommand, defineFlags } from "./_command.ts";
import { withEnvironment } from "./_environment.ts";
import { OUTPUT_FLAG, outputFormat, requireRelease, TLS_FLAGS } from "./_flags.ts";
import { printStatus } from "./_status.ts";

/** `status`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  long: `
Shows how a release is doing:
- when it was last deployed
- its namespace
- its state: UNKNOWN, DEPLOYED, DELETED, SUPERSEDED, FAILED, DELETING or one of the PENDING states
- its objects in the cluster
- the results of its last test run, if there was one
- the notes of its chart`,
  example: `  helm status web
  helm status web --revision 2 --output json`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...OUTPUT_FLAG,
    "revision": { type: "int32", usage: "If set, display the status of the named release with revision" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const output = outputFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      printStatus(await operations.status(environment, { name, revision: flags.revision }), output, print);
    });
  },
});
