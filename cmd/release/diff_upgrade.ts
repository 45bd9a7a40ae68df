/**
 * `diff upgrade`: shows what an upgrade would change.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { OFFLINE_FLAG } from "../_lib/plan.ts";
import { PLAN_UPGRADE_FLAGS, planUpgrade } from "../_lib/plan_upgrade.ts";

/** `diff upgrade`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE] [CHART]",
  completes: { sources: ["release", "chart"] },
  long: `
Shows what 'helm upgrade' would change with the same flags: the changes of 'helm plan
upgrade', without hooks that run and without risks. Changes nothing.

The flags that the helm-diff plugin had for Helm 2 work, so helmfile can call it.`,
  example: `  helm diff upgrade web ./web --set image.tag=v2
  helm diff upgrade web ./web --allow-unreleased --detailed-exitcode
  helm diff upgrade web ./web --offline
  helm diff upgrade web ./web --output diff -C 3`,
  flags: defineFlags({ ...PLAN_UPGRADE_FLAGS, ...OFFLINE_FLAG }),
  run: (context) => withEnvironment(context, (workplace) => planUpgrade(context, workplace, "diff")),
});
