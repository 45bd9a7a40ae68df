/**
 * Verification of chart signatures, and how strong they must be.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { SignedDownload } from "../engine/chart/load/mod.ts";
import type { Verification } from "../engine/chart/package/mod.ts";
import type { Tell } from "./caller.ts";

/** How archives are verified. */
export interface VerifyOptions {
  /** Refuse a chart whose provenance cannot be verified. Default: false. */
  readonly verify?: boolean | undefined;
  /** Refuse weak signatures as well. Implies `verify`. Default: false. */
  readonly verifyStrict?: boolean | undefined;
  /** Path of the keys to verify with. */
  readonly keyring: string;
}

/** True if archives are to be verified. */
export function isVerifying({ verify = false, verifyStrict = false }: Omit<VerifyOptions, "keyring">): boolean {
  return verify || verifyStrict;
}

/** Returns the verification options of downloads. */
export function verification(options: VerifyOptions, tell: Tell): {
  readonly provenance: "always" | "never";
  readonly isStrict: boolean;
  readonly verify: (signed: SignedDownload) => Promise<Verification>;
} {
  return {
    provenance: isVerifying(options) ? "always" : "never",
    isStrict: options.verifyStrict ?? false,
    verify: async (signed) => {
      const { verifySigned } = await import("../engine/chart/package/mod.ts");
      return judge(await verifySigned(signed, options.keyring), options, tell);
    },
  };
}

/** Verifies a local archive against the provenance file beside it. */
export async function verifyHere(path: string, options: VerifyOptions, tell: Tell): Promise<Verification> {
  const { verifyArchive } = await import("../engine/chart/package/mod.ts");
  return judge(await verifyArchive(path, options.keyring), options, tell);
}

/** Refuses a valid but weak signature, or warns about it. */
function judge(found: Verification, { verifyStrict = false }: VerifyOptions, tell: Tell): Verification {
  const { weaknesses, isExpired, fileName, signedBy } = found;
  const reasons = isExpired ? [...weaknesses, "its key has expired"] : weaknesses;
  if (verifyStrict && reasons.length > 0) {
    throw new SkegError("chart", `the signature of ${fileName} is not accepted: ${reasons.join(", ")}`, {
      hint:
        "Ask the owner of the chart for a signature by a current key. Without --verify-strict this one is accepted.",
    });
  }
  if (weaknesses.length > 0) tell.warn(`the signature of ${fileName} is weak: ${weaknesses.join(", ")}`);
  if (isExpired) tell.note(`Note: the key of ${signedBy[0] ?? "the signer"} has expired.`);
  return found;
}
