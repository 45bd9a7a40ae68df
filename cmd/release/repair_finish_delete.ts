/**
 * `repair finish-delete`: deletes what an interrupted deletion has left of a release.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALSO_FLAG, alsoNamed, DELETION_HELP, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair finish-delete`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Deletes what is left of a release whose deletion was interrupted (DELETING), or that is
DELETED and left objects behind. Hooks do not run. A DELETING record becomes DELETED.

	$ helm repair finish-delete web
	web.v3  Deployment "web" in namespace "default"  2 days old -> deleted  (the deletion of its release was begun)
	web: would delete 1 object, change 1 of 3 records

${DELETION_HELP}`,
  example: `  helm repair finish-delete web
  helm repair finish-delete web --yes
  helm repair finish-delete web --also PersistentVolumeClaim/data --yes`,
  flags: defineFlags({ ...REPAIR_FLAGS, ...ALSO_FLAG }),
  run: async (context) => await runRepairCommand(context, "finish-delete", { also: alsoNamed(context.flags.also) }),
});
