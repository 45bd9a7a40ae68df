/**
 * `delete`: deletes releases and their objects.
 *
 * Source: Helm 2.17.0, `cmd/helm/delete.go`, `pkg/helm/client.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { UninstallOptions } from "../../engine/release/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { TIMEOUT_FLAG, TLS_FLAGS } from "../_lib/flags.ts";
import { WAIT_VIEW_FLAGS } from "../_lib/wait_flags.ts";

/** Flags of `delete`. */
export const DELETE_FLAGS = defineFlags({
  ...TLS_FLAGS,
  ...TIMEOUT_FLAG,
  ...WAIT_VIEW_FLAGS,
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
    if (args.length === 0) throw new SkegError("usage", "command 'delete' requires a release name");
    await withEnvironment(context, async ({ environment, operations }) => {
      for (const name of args) {
        if (flags["dry-run"]) await operations.getRelease(environment, { name });
        else {
          const { kept } = await operations.uninstall(environment, deleteOptions(context, name));
          if (kept !== "") print.out(`${kept}\n`);
        }
        print.out(`release "${name}" deleted\n`);
      }
    }, { changes: true });
  },
});

/** Returns the options of the operation for one release. */
export function deleteOptions({ flags }: Pick<Context<typeof DELETE_FLAGS>, "flags">, name: string): UninstallOptions {
  return {
    name,
    purge: flags.purge,
    disableHooks: flags["no-hooks"],
    timeoutSeconds: flags.timeout,
    description: flags.description,
  };
}
