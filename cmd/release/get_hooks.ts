/**
 * `get hooks`: prints the hooks of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/get_hooks.go`.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireRelease, TLS_FLAGS } from "../_lib/flags.ts";

/** `get hooks`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Prints the hooks of a release as YAML, one document each.`,
  example: `  helm get hooks web`,
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
      const { hooks, revision } = await operations.getRelease(environment, { name, revision: flags.revision }).catch(
        (error) => {
          // Helm 2: the name is printed even when this fails.
          if (format === undefined) print.out(`${name}\n`);
          throw error;
        },
      );
      if (format !== undefined) {
        const { hookFields } = await import("../_lib/release_fields.ts");
        return printDocument("Hooks", { name, revision, hooks: hooks.map(hookFields) }, format, print);
      }
      for (const hook of hooks) print.out(`---\n# ${hook.name}\n${hook.manifest}\n`);
    });
  },
});
