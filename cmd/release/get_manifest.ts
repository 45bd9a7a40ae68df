/**
 * `get manifest`: prints the manifest of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/get_manifest.go`.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireRelease, TLS_FLAGS } from "../_lib/flags.ts";

/** `get manifest`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Prints the manifest of a release: the YAML of all objects of its chart and subcharts.
Hooks are not part of it.`,
  example: `  helm get manifest web
  helm get manifest web --revision 2 > before.yaml`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...DOCUMENT_FLAG,
    "revision": { type: "int32", complete: "revision", usage: "Get the named release with revision" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const format = documentFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      const { manifest, revision } = await operations.getRelease(environment, { name, revision: flags.revision });
      if (format !== undefined) {
        const { objectsOf } = await import("../_lib/release_fields.ts");
        return printDocument("Manifest", { name, revision, objects: objectsOf(manifest) }, format, print);
      }
      print.out(`${manifest}\n`);
    });
  },
});
