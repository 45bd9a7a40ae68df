/**
 * `repair map-apis`: maps removed Kubernetes API versions in stored manifests.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { ALL_FLAGS, REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair map-apis`. */
export const command = defineCommand({
  usage: "[flags] [RELEASE_NAME]",
  completes: { sources: ["release"] },
  long: `
Maps API versions that the server no longer has, such as Deployments of
extensions/v1beta1, in the stored manifests and hooks of a release.

Helm 2 and Helm 3 cannot upgrade, roll back or delete a release whose record names
a removed API version. This program maps such records whenever it reads them, and
needs no repair. Repair the records before a Tiller or Helm 3 takes the release over;
'helm migrate helm3' maps what it writes without it.

	$ helm repair map-apis web
	web.v1  Deployment "web"  extensions/v1beta1 -> apps/v1  (spec.selector: ...)
	web: would change 1 object in 1 of 1 record

Only the texts of manifests and hooks change. Where the new version needs no other
fields, the value of apiVersion is replaced and everything else stays. Otherwise the
document is written again with sorted keys and without its comments. A selector that
the old version did not need is taken from the live object, or from the labels of the
pod template when there is no live object. Status, labels, values and chart stay.

When an object is not live, its text can only be used to create it. The defaults of the
old version that differ from those of the new one are written then, too.

An object whose API has no successor, such as a PodSecurityPolicy, stays in the text;
'--skip-removed' removes it. A record whose text cannot be written without a loss is
not changed.

Nothing is written without '--yes'. With it, all records of the release are archived
first. The archive holds the values of the release, and so may hold secrets: only you
can read it. Each record is then written only if it was not modified since it was
read. A repair that was interrupted leaves old and new records, all of them readable:
run it again, or undo it with 'helm repair undo ARCHIVE'.

All releases at once: '--all --plan FILE' saves the preview, and '--apply FILE'
performs it. Each release has its own archive, and one that fails or was changed since
does not stop the others.

The exit status is 0 for a preview, and when there is nothing left to do. It is 1
when something could not be repaired.`,
  example: `  helm repair map-apis web
  helm repair map-apis web --revision 3 --show
  helm repair map-apis web --yes
  helm repair map-apis --all --plan map-apis.json
  helm repair map-apis --apply map-apis.json --backup ./backups`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    ...ALL_FLAGS,
    "allow-lossy-mapping": {
      type: "bool",
      usage: "Also map objects whose behaviour changes slightly, such as webhooks without sideEffects",
    },
    "revision": { type: "int32", complete: "revision", usage: "Only this revision (default all that can be read)" },
    "skip-removed": { type: "bool", usage: "Remove objects whose API has no successor from the records" },
  }),
  run: async (context) => {
    const { flags } = context;
    if (flags.revision < 0) throw new SkegError("usage", `invalid revision ${flags.revision}: revisions begin at 1`);
    return await runRepairCommand(context, "map-apis", {
      revision: flags.revision,
      skipRemoved: flags["skip-removed"],
      allowLossyMapping: flags["allow-lossy-mapping"],
    });
  },
});
