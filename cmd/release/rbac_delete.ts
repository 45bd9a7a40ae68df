/**
 * `rbac delete`: prints the rights that a deletion needs.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { plannable } from "../_lib/plan.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";
import { DELETE_FLAGS, deleteOptions } from "./delete.ts";

/** `rbac delete`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Prints the RBAC objects with the rights that 'helm delete' needs with the same flags,
and no more; '--check' asks the server whether the user has them.`,
  example: `  helm rbac delete web --purge
  helm rbac delete web --check`,
  flags: defineFlags({ ...plannable(DELETE_FLAGS), ...RBAC_FLAGS }),
  run: async (context) => {
    requireArgs(context.args, "release name");
    const [name = ""] = context.args;
    const options = deleteOptions(context, name);
    const purpose = { operation: "delete", options } as const;
    return await withEnvironment(
      context,
      (workplace) => printRights(context, workplace, purpose, `skeg-${name}-delete`),
    );
  },
});
