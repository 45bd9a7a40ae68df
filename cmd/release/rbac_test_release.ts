/**
 * `rbac test`: prints the rights that the tests of a release need.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs, TLS_FLAGS } from "../_lib/flags.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";

/** `rbac test`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE]",
  completes: { sources: ["release"] },
  long: `
Prints the RBAC objects with the rights that 'helm test' needs with the same flags, and
no more; '--check' asks the server whether the user has them.`,
  example: `  helm rbac test web --cleanup --logs`,
  flags: defineFlags({
    ...TLS_FLAGS,
    ...RBAC_FLAGS,
    "as-hooks": { type: "bool", usage: "With the rights for 'helm test --as-hooks'" },
    "cleanup": { type: "bool", usage: "With the rights for 'helm test --cleanup'" },
    "logs": { type: "bool", usage: "With the rights for 'helm test --logs'" },
  }),
  run: async (context) => {
    const { flags, args } = context;
    requireArgs(args, "release name");
    const [name = ""] = args;
    const { cleanup, logs } = flags;
    const purpose = { operation: "test", options: { name, cleanup, logs, asHooks: flags["as-hooks"] } } as const;
    return await withEnvironment(
      context,
      (workplace) => printRights(context, workplace, purpose, `skeg-${name}-test`),
    );
  },
});
