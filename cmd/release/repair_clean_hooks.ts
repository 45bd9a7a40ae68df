/**
 * `repair clean-hooks`: deletes finished Jobs and Pods of hooks and tests.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair clean-hooks`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Deletes the Jobs and Pods that hooks and tests of a release have left, once they have
finished. A hook without a delete policy leaves its Job, and the next run of the hook ends
with 'already exists'. No record changes.

	$ helm repair clean-hooks web
	web.v3  Job "web-init" in namespace "default"  2 days old -> deleted  (hook post-install, succeeded)
	web: would delete 1 object

Only objects of hooks that the newest record holds are deleted, each only if it has the
hook's annotation, has finished, belongs to no other release, and was not modified since
it was read. Other kinds stay: CustomResourceDefinitions of crd-install hooks, ConfigMaps,
Secrets.

Nothing is written without '--yes'. With it, the records and the objects are archived
first. 'helm repair undo ARCHIVE --objects' creates the objects again: the Jobs run again
then.`,
  example: `  helm repair clean-hooks web
  helm repair clean-hooks web --yes`,
  flags: defineFlags({ ...REPAIR_FLAGS }),
  run: async (context) => await runRepairCommand(context, "clean-hooks", {}),
});
