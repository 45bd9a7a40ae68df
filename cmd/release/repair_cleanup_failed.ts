/**
 * `repair cleanup-failed`: deletes objects that only failed revisions have made.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALSO_FLAG, alsoNamed, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

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

The preview shows each object with its age. An object is deleted only if the release
created it, no DEPLOYED revision of another release names it, and it was not modified
since it was read. What a resource policy keeps, stays. Namespaces,
CustomResourceDefinitions, volumes and claims stay, too, unless each is named with
'--also KIND/NAME'.

Nothing is written without '--yes'. With it, the records and the objects are archived
first. 'helm repair undo ARCHIVE --objects' creates the objects again, as far as that is
possible.`,
  example: `  helm repair cleanup-failed web
  helm repair cleanup-failed web --yes`,
  flags: defineFlags({ ...REPAIR_FLAGS, ...ALSO_FLAG }),
  run: async (context) => await runRepairCommand(context, "cleanup-failed", { also: alsoNamed(context.flags.also) }),
});
