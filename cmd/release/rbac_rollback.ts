/**
 * `rbac rollback`: prints the rights that a rollback needs.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { plannable } from "../_lib/plan.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";
import { ROLLBACK_FLAGS, rollbackOptions } from "./rollback.ts";

/** `rbac rollback`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [REVISION]",
  completes: { sources: ["release", "revision"] },
  long: `
Prints the RBAC objects with the rights that 'helm rollback' needs with the same flags,
and no more; '--check' asks the server whether the user has them.`,
  example: `  helm rbac rollback web 2
  helm rbac rollback web 0 --wait --check`,
  flags: defineFlags({ ...plannable(ROLLBACK_FLAGS), ...RBAC_FLAGS }),
  run: async (context) => {
    const options = rollbackOptions(context);
    const purpose = { operation: "rollback", options } as const;
    return await withEnvironment(
      context,
      (workplace) => printRights(context, workplace, purpose, `skeg-${options.name}-rollback`),
    );
  },
});
