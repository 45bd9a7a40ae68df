/**
 * `get notes`: prints the notes of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/get_notes.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireRelease, TLS_FLAGS } from "../_lib/flags.ts";
import { quote } from "../../engine/base/mod.ts";

/** `get notes`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Prints the notes of a release, which its chart shows to users.`,
  example: `  helm get notes web`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...DOCUMENT_FLAG,
    "revision": { type: "int32", complete: "revision", usage: "Get the notes of the named release with revision" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const format = documentFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      const { info, revision } = await operations.getRelease(environment, { name, revision: flags.revision }).catch(
        (error) => {
          throw asStatusError(error, name, flags.revision);
        },
      );
      if (format !== undefined) {
        return printDocument("Notes", { name, revision, notes: info.status.notes }, format, print);
      }
      if (info.status.notes !== "") print.out(`NOTES:\n${info.status.notes}\n`);
    });
  },
});

/**
 * Wraps a failure in the words of `status`: Helm 2 reads the status here, which needs the cluster's objects,
 * although the record has the notes.
 */
function asStatusError(error: unknown, name: string, revision: number): unknown {
  if (!(error instanceof SkegError) || error.kind !== "not-found") return error;
  const what = revision > 0 ? `release '${name}' (v${revision})` : `deployed release ${quote(name)}`;
  const { kind, message, hint, details } = error;
  return new SkegError(kind, `getting ${what}: ${message}`, { cause: error, hint, details });
}
