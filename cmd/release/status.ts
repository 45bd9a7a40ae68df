/**
 * `status`: shows the status of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/status.go`.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { ALLOW_EMPTY_FLAG, OUTPUT_FLAG, outputFormat, requireRelease, TLS_FLAGS } from "../_lib/flags.ts";
import { programName } from "../_lib/program_name.ts";
import { printStatus } from "../_lib/status.ts";

/** `status`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Shows the status of a release:
- when it was last deployed
- its namespace
- its state: UNKNOWN, DEPLOYED, DELETED, SUPERSEDED, FAILED, DELETING or one of the PENDING states
- its objects in the cluster
- the results of its last test run, if there was one
- the notes of its chart

The document of '--output' is Helm's; under the name skeg it also has the revision, the
name of the state, and the objects with their own status.`,
  example: `  helm status web
  helm status web --revision 2 --output json`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...OUTPUT_FLAG,
    ...ALLOW_EMPTY_FLAG,
    "revision": {
      type: "int32",
      complete: "revision",
      usage: "If set, display the status of the named release with revision",
    },
    "show-resources": { type: "bool", usage: "Show the resources of FAILED and DELETED releases, too" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const output = outputFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      const status = await operations.status(environment, {
        name,
        revision: flags.revision,
        showAllResources: flags["show-resources"],
        allowEmpty: flags["allow-empty"],
        // Under Helm's name the document is Helm's.
        withObjects: output !== "table" && programName(context.variables) === "skeg",
      });
      printStatus(status, output, print);
      if (!print.hints || output !== "table") return;
      const { statusAdvice } = await import("../_lib/release_advice.ts");
      for (const line of await statusAdvice(status, environment, operations)) context.advise(line);
    });
  },
});
