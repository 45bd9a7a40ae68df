/**
 * `rbac install`: prints the rights that an install needs.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";
import { PLANNED_INSTALL_FLAGS, plannedInstall } from "./_planned_install.ts";

/** `rbac install`. */
export const command = defineCommand({
  usage: "[flags] [CHART]",
  completes: { sources: ["chart"] },
  long: `
Prints the RBAC objects with the rights that 'helm install' needs with the same flags,
and no more; '--check' asks the server whether the user has them.

A chart that makes roles needs the permissions in them, too: the API server does not let
a user grant more than the user has.

The namespace must exist: a Role cannot be made without it. No records are read.`,
  example: `  helm rbac install ./web --name web --namespace shop
  helm rbac install ./web --name web --wait --for ann
  helm rbac install ./web --name web --check`,
  flags: defineFlags({ ...PLANNED_INSTALL_FLAGS, ...RBAC_FLAGS }),
  run: async (context) => {
    requireArgs(context.args, "chart name");
    return await withEnvironment(context, async (workplace) => {
      const options = await plannedInstall(context, workplace);
      const name = options.name || options.chart.metadata.name;
      const purpose = { operation: "install", options } as const;
      return await printRights(context, workplace, purpose, `skeg-${name}-install`);
    });
  },
});
