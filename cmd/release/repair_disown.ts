/**
 * `repair disown`: removes an object from a release that another release owns, too.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { REPAIR_FLAGS, runRepairCommand } from "../_lib/repair.ts";

/** `repair disown`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Removes an object from the manifests of a release when a DEPLOYED revision of another
release has it, too. Otherwise deleting one release would delete the object of both.

The object's document is removed from the newest and from DEPLOYED revisions. Other
documents stay as they are, byte for byte. The live object is not changed.

Nothing is written without '--yes'. With it, all records of the release are archived
first, and each one is written only if it was not modified since it was read.
'helm repair undo ARCHIVE' restores them.`,
  example: `  helm repair disown web --object ConfigMap/shared
  helm repair disown web --object ConfigMap/shared --object-namespace blue --yes`,
  flags: defineFlags({
    ...REPAIR_FLAGS,
    "object": { type: "string", usage: "The object, as KIND/NAME" },
    "object-namespace": {
      type: "string",
      complete: "namespace",
      usage: "Namespace of the object (default that of the release)",
    },
  }),
  run: async (context) => {
    const { object, "object-namespace": objectNamespace } = context.flags;
    if (object === "") throw new SkegError("usage", "--object is required: KIND/NAME, such as Deployment/web");
    return await runRepairCommand(context, "disown", { object, objectNamespace: objectNamespace || undefined });
  },
});
