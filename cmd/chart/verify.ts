/**
 * `verify`: checks an archive against its signature.
 *
 * Source: Helm 2.17.0, `cmd/helm/verify.go`.
 *
 * @module
 */
import { callerOf, verifyOf } from "../_lib/caller.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { defaultKeyring, VERIFY_STRICT_FLAG } from "../_lib/flags.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { verifyHere } from "../../app/verification.ts";

/** `verify`. */
export const command = defineCommand({
  usage: "[flags] PATH",
  completes: { sources: ["file"] },
  long: `
Checks an archive against the provenance file beside it, ARCHIVE.prov: the digest
that it lists must be the archive's, and a key of the keyring must have signed it.
Prints nothing when the check passes. A signature by SHA-1 or a key below 2048 bits
gives a warning on standard error; '--verify-strict' refuses it, and an expired key.

The keyring may be one of GnuPG 1 or 2 (pubring.gpg, pubring.kbx) or exported keys,
binary or in ASCII armour. 'helm package --sign' creates provenance files; the flag
'--verify' of other commands does this check too.`,
  example: `  helm verify web-1.2.3.tgz
  helm verify web-1.2.3.tgz --keyring keys.asc --verify-strict`,
  flags: defineFlags({
    "keyring": { type: "string", complete: "file", usage: "Keyring containing public keys", default: defaultKeyring },
    "verify-strict": {
      ...VERIFY_STRICT_FLAG["verify-strict"],
      usage: "Also refuse weak signatures and expired keys",
    },
  }),
  run: async (context) => {
    const { flags, args } = context;
    const [path] = args;
    if (path === undefined) {
      throw new UsageError("a path to a package file is required", {
        type: "arguments",
        wanted: ["chart archive"],
        given: args,
      });
    }
    await verifyHere(path, { ...verifyOf(flags), verify: true }, callerOf(context).tell);
  },
});
