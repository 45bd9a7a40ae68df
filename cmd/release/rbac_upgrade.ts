/**
 * `rbac upgrade`: prints the rights that an upgrade needs.
 *
 * @module
 */
import { locateChart } from "../../app/find_chart.ts";
import { callerOf, sourceOf } from "../_lib/caller.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireArgs } from "../_lib/flags.ts";
import { NOT_PLANNED, plannable } from "../_lib/plan.ts";
import { printRights, RBAC_FLAGS } from "../_lib/rbac.ts";
import { readUpgrade, UPGRADE_FLAGS, upgradeRequest } from "./upgrade.ts";

const { install: _, ...FLAGS } = plannable(UPGRADE_FLAGS);

/** `rbac upgrade`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [CHART]",
  completes: { sources: ["release", "chart"] },
  long: `
Prints the RBAC objects with the rights that 'helm upgrade' needs with the same flags to
change the release as it is now, and no more; '--check' asks the server whether the user
has them.

'helm rbac RELEASE' prints rights that are enough for later upgrades, too.`,
  example: `  helm rbac upgrade web ./web --set image.tag=v2
  helm rbac upgrade web ./web -f site.yaml --check`,
  flags: defineFlags({ ...FLAGS, ...RBAC_FLAGS }),
  run: async (context) => {
    const { flags, args } = context;
    requireArgs(args, "release name", "chart path");
    const [name = "", chart = ""] = args;
    return await withEnvironment(context, async (workplace) => {
      const chartPath = await locateChart(chart, sourceOf(flags), callerOf(context));
      const all = { ...flags, ...NOT_PLANNED, install: false };
      const inner = { ...context, flags: all };
      const optionsOf = await readUpgrade(inner, { ...upgradeRequest(inner, "json"), name, chartPath });
      const purpose = { operation: "upgrade", options: optionsOf() } as const;
      return await printRights(context, workplace, purpose, `skeg-${name}-upgrade`);
    });
  },
});
