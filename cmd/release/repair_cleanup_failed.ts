/**
 * `repair cleanup-failed`: deletes objects that only failed revisions have made.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALSO_FLAG, alsoNamed, DELETION_HELP, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair cleanup-failed`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Deletes the objects that failed revisions have made since the DEPLOYED one, and that the
DEPLOYED one does not name. Helm 2 leaves them behind, and refuses the next upgrade that
wants to create them: 'already exists in the cluster'. No record changes.

	$ helm repair cleanup-failed web
	web.v3  ConfigMap "cache" in namespace "default"  5 hours old -> deleted  (only revision 3 names it, which failed)
	web: would delete 1 object

${DELETION_HELP}`,
  example: `  helm repair cleanup-failed web
  helm repair cleanup-failed web --yes`,
  flags: defineFlags({ ...REPAIR_FLAGS, ...ALSO_FLAG }),
  run: async (context) => await runRepairCommand(context, "cleanup-failed", { also: alsoNamed(context.flags.also) }),
});
