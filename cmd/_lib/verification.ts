/**
 * `--verify` and `--verify-strict`: who signed what is downloaded, and how well.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { SignedDownload } from "../../engine/chart/load/mod.ts";
import type { Verification } from "../../engine/chart/package/mod.ts";
import { defineFlags } from "./command.ts";
import { tellNote } from "./log.ts";
import type { Printer } from "./print.ts";

/** The flag that every command with `--verify` has beside it. */
export const VERIFY_STRICT_FLAG = defineFlags({
  "verify-strict": {
    type: "bool",
    usage:
      "As --verify; also refuse weak signatures, keys that have run out, and archives with another digest than the index's",
  },
});

/** What says whether and how archives are verified. */
export interface VerifyChoices {
  /** Refuse a chart whose provenance cannot be verified. */
  readonly verify: boolean;
  /** Refuse what is verified, but not well. Implies `verify`. */
  readonly "verify-strict": boolean;
  /** Path of the keys to verify with. */
  readonly keyring: string;
}

/** True when archives are to be verified. */
export function isVerifying(choices: Pick<VerifyChoices, "verify" | "verify-strict">): boolean {
  return choices.verify || choices["verify-strict"];
}

/** How an archive that is downloaded is verified, as downloads take it. */
export function verification(choices: VerifyChoices, print: Printer): {
  readonly provenance: "always" | "never";
  readonly isStrict: boolean;
  readonly verify: (signed: SignedDownload) => Promise<Verification>;
} {
  return {
    provenance: isVerifying(choices) ? "always" : "never",
    isStrict: choices["verify-strict"],
    verify: async (signed) => {
      const { verifySigned } = await import("../../engine/chart/package/mod.ts");
      return judge(await verifySigned(signed, choices.keyring), choices, print);
    },
  };
}

/** Verifies an archive that lies here, against the provenance file beside it. */
export async function verifyHere(path: string, choices: VerifyChoices, print: Printer): Promise<Verification> {
  const { verifyArchive } = await import("../../engine/chart/package/mod.ts");
  return judge(await verifyArchive(path, choices.keyring), choices, print);
}

/** Refuses, or tells of, a good signature that proves little. */
function judge(found: Verification, choices: VerifyChoices, print: Printer): Verification {
  const { weaknesses, isExpired, fileName, signedBy } = found;
  const reasons = isExpired ? [...weaknesses, "its key has run out"] : weaknesses;
  if (choices["verify-strict"] && reasons.length > 0) {
    throw new SkegError("chart", `the signature of ${fileName} is not accepted: ${reasons.join(", ")}`, {
      hint:
        "Ask the owner of the chart for a signature by a current key. Without --verify-strict this one is accepted.",
    });
  }
  if (weaknesses.length > 0) {
    print.err(`WARNING: the signature of ${fileName} proves little: ${weaknesses.join(", ")}\n`);
  }
  if (isExpired) tellNote(print, `Note: the key of ${signedBy[0] ?? "the signer"} has run out.`);
  return found;
}
