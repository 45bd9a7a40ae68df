/**
 * `repair delete-orphans`: deletes named objects of a release without a record.
 *
 * @module
 */
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair delete-orphans`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  long: `
Deletes objects that carry the labels of a release which has no record any more, such as
after a purge that failed in part. Labels do not prove whose an object is, so each one
must be named with '--object'. Without it, the command lists the objects.

	$ helm repair delete-orphans web
	web  Service "web" in namespace "default"  carries the labels of this release  (--object Service/default/web deletes it.)
	web: nothing to write in 0 records

The labels are 'heritage: Tiller' and 'release', or 'app.kubernetes.io/managed-by: Tiller'
and 'app.kubernetes.io/instance'. The command refuses when any storage of the cluster has a
record of the release, a record of Helm 3 included, or cannot be looked at. An object that
a DEPLOYED revision of another release names stays, and so does one that a resource policy
keeps.

Nothing is deleted without '--yes'. With it, the objects are archived first, and each one
is deleted only if it was not modified since it was read. 'helm repair undo ARCHIVE
--objects' creates them again, as far as that is possible.`,
  example: `  helm repair delete-orphans web
  helm repair delete-orphans web --object Service/default/web
  helm repair delete-orphans web --object Service/default/web --yes`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    "object": {
      type: "stringArray",
      usage: "Delete this object, as KIND/NAME or KIND/NAMESPACE/NAME (can be used several times)",
    },
  }),
  run: async (context) => await runRepairCommand(context, "delete-orphans", { objects: context.flags.object }),
});
