/**
 * `dependency build`: fills charts/ from requirements.lock.
 *
 * Source: Helm 2.17.0, `cmd/helm/dependency_build.go`.
 *
 * @module
 */
import { callerOf, verifyOf } from "../_lib/caller.ts";
import { buildDependencies } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { dependencyOptions } from "../../app/dependencies.ts";
import { defaultKeyring, VERIFY_STRICT_FLAG } from "../_lib/flags.ts";
import { DOWNLOAD_GRACE, whileHolding } from "../_lib/signals.ts";

/** `dependency build`. */
export const command = defineCommand({
  usage: "[flags] CHART",
  completes: { sources: ["folder"] },
  long: `
Downloads the versions in requirements.lock into charts/, so that all users get the
same. Without a lock, this is 'helm dependency update'.

A lock that belongs to another requirements.yaml is refused. CHART is a folder;
without it, the current one.`,
  example: `  helm dependency build ./web
  helm dependency build ./web --verify --keyring keys.asc`,
  flags: defineFlags({
    "keyring": { type: "string", complete: "file", usage: "Keyring containing public keys", default: defaultKeyring },
    "verify": { type: "bool", usage: "Verify the packages against signatures" },
    ...VERIFY_STRICT_FLAG,
  }),
  run: async (context) => {
    const { args, flags } = context;
    const base = dependencyOptions(callerOf(context), verifyOf(flags));
    // Helm 2: archives with a provenance file must verify; others are accepted.
    const isLenient = flags.verify && !flags["verify-strict"];
    const options = isLenient ? { ...base, provenance: "if-possible" as const } : base;
    await whileHolding(context, () => buildDependencies(args[0] ?? ".", options), DOWNLOAD_GRACE);
  },
});
