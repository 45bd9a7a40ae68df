/**
 * `delete`: deletes releases and their objects.
 *
 * Source: Helm 2.17.0, `cmd/helm/delete.go`, `pkg/helm/client.go`.
 *
 * @module
 */
import type { UninstallOptions } from "../../engine/release/mod.ts";
import { defineCommand, defineFlags, type FlagValues } from "../_lib/command.ts";
import { checkConfirm, CONFIRM_FLAG, confirmed } from "../_lib/confirm.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { IGNORE_HELM3_FLAG, TIMEOUT_FLAG, TLS_FLAGS } from "../_lib/flags.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { WAIT_VIEW_FLAGS } from "../_lib/wait_flags.ts";

/** A deleted release, in a document. */
interface Deleted {
  readonly name: string;
  /** True if its records are gone, too. */
  readonly purged: boolean;
  /** True if it was only looked for. */
  readonly dryRun: boolean;
  /** The objects that a resource policy kept, in Tiller's words; empty when there are none. */
  readonly kept: string;
}

/** Flags of `delete`. */
export const DELETE_FLAGS = defineFlags({
  ...TLS_FLAGS,
  ...TIMEOUT_FLAG,
  ...WAIT_VIEW_FLAGS,
  ...CONFIRM_FLAG,
  ...IGNORE_HELM3_FLAG,
  ...DOCUMENT_FLAG,
  "description": { type: "string", usage: "Specify a description for the release" },
  "dry-run": { type: "bool", usage: "Simulate a delete" },
  "no-hooks": { type: "bool", usage: "Prevent hooks from running during deletion" },
  "purge": {
    type: "bool",
    usage: "Remove the release from the store and make its name free for later use",
  },
});

/** `delete`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME [...]",
  completes: { sources: ["release"], many: true },
  long: `
Deletes the objects of one or more releases from the cluster.

The record of a release stays, so that its name is taken and 'helm rollback' can
restore it. '--purge' removes its records, too.

'--dry-run' only checks that the release exists.`,
  example: `  helm delete web
  helm delete --purge web shop`,
  flags: DELETE_FLAGS,
  run: async (context) => {
    const { flags, args, print } = context;
    if (args.length === 0) {
      throw new UsageError("command 'delete' requires a release name", {
        type: "arguments",
        wanted: ["release name"],
        given: args,
      });
    }
    const format = documentFormat(flags.output);
    const deleted: Deleted[] = [];
    const say = (text: string): void => format === undefined ? print.out(text) : undefined;
    checkConfirm(flags, "delete");
    await withEnvironment(context, async (workplace) => {
      const { environment, operations } = workplace;
      for (const name of args) {
        let keptObjects = "";
        if (flags["dry-run"]) await operations.getRelease(environment, { name });
        else {
          const options = deleteOptions(context, name);
          const act = flags.confirm
            ? await confirmed(context, workplace, { operation: "delete", options })
            : () => operations.uninstall(environment, options);
          const { kept } = await act();
          keptObjects = kept;
          if (kept !== "") say(`${kept}\n`);
        }
        deleted.push({ name, purged: flags.purge && !flags["dry-run"], dryRun: flags["dry-run"], kept: keptObjects });
        say(`release "${name}" deleted\n`);
      }
    }, { changes: true }).finally(() => {
      // Those before one that failed are deleted, and the document says so.
      if (format !== undefined) printDocument("DeletedReleases", { releases: deleted }, format, print);
    });
  },
});

/** Returns the options of the operation for one release. */
export function deleteOptions(
  { flags }: {
    readonly flags: Pick<FlagValues<typeof DELETE_FLAGS>, "purge" | "no-hooks" | "timeout" | "description">;
  },
  name: string,
): UninstallOptions {
  return {
    name,
    purge: flags.purge,
    disableHooks: flags["no-hooks"],
    timeoutSeconds: flags.timeout,
    description: flags.description,
  };
}
