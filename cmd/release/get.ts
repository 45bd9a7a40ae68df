/**
 * `get`: prints everything that is recorded about a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/get.go`.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireRelease, TLS_FLAGS } from "../_lib/flags.ts";
import { printTemplate } from "../_lib/go_template.ts";
import { logTo } from "../_lib/log.ts";
import { printRelease } from "../_lib/release_text.ts";

/** `get`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Shows the record of a release:

  - the values given by the user, and all values that the templates saw
  - the chart's name and version
  - its hooks and its manifest

The subcommands show one part each.`,
  example: `  helm get web
  helm get web --revision 2 --template '{{.Release.Manifest}}'`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...DOCUMENT_FLAG,
    "revision": { type: "int32", complete: "revision", usage: "Get the named release with revision" },
    "template": {
      type: "string",
      usage: "Go template for formatting the output, eg: {{.Release.Name}}",
    },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const format = documentFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      const release = await operations.getRelease(environment, { name, revision: flags.revision });
      if (format !== undefined) {
        const { wholeRelease } = await import("../_lib/release_fields.ts");
        return printDocument("Release", wholeRelease(release, logTo(print)), format, print);
      }
      if (flags.template === "") return await printRelease(release, print);
      const { releaseData } = await import("../_lib/release_data.ts");
      await printTemplate(flags.template, releaseData(release), print);
    });
  },
});
