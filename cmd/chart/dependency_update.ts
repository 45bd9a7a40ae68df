/**
 * `dependency update`: fills charts/ from requirements.yaml.
 *
 * Source: Helm 2.17.0, `cmd/helm/dependency_update.go`.
 *
 * @module
 */
import { callerOf, verifyOf } from "../_lib/caller.ts";
import { resolve } from "node:path";
import { updateDependencies } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { dependencyOptions } from "../../app/dependencies.ts";
import { defaultKeyring, VERIFY_STRICT_FLAG } from "../_lib/flags.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";

/** `dependency update`. */
export const command = defineCommand({
  usage: "[flags] CHART",
  completes: { sources: ["folder"] },
  long: `
Updates charts/ to match the requirements.yaml of a chart: the newest versions in
the ranges are downloaded, other archives of these charts are removed, and
requirements.lock records the versions, for 'helm dependency build'.

When something fails, charts/ is not changed. CHART is a folder; without it, the
current one. The indexes of all your repositories are updated first, unless
'--skip-refresh' is given.`,
  example: `  helm dependency update ./web
  helm dependency update ./web --skip-refresh`,
  flags: defineFlags({
    "keyring": { type: "string", complete: "file", usage: "Keyring containing public keys", default: defaultKeyring },
    "skip-refresh": { type: "bool", usage: "Do not refresh the local repository cache" },
    "verify": { type: "bool", usage: "Verify the packages against signatures" },
    ...VERIFY_STRICT_FLAG,
  }),
  run: async (context) => {
    const { args, flags } = context;
    const options = dependencyOptions(callerOf(context), { ...verifyOf(flags), skipRefresh: flags["skip-refresh"] });
    await whileHolding(context, () => updateDependencies(resolve(args[0] ?? "."), options), DOWNLOAD_GRACE);
  },
});
