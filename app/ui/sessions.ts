/**
 * Start codes and tokens.
 *
 * The address that is printed holds a start code: it stands in the list of processes and in the shell's history, so it works
 * once and for a minute. The page exchanges it for a token, which it sends with every request. There are no cookies, which
 * all ports of a host share.
 *
 * @module
 */
import { timingSafeEqual } from "node:crypto";

/** A start code works for so long. */
const CODE_MS = 60_000;
/** So many different wrong codes and tokens end the server. */
const GUESSES_MAX = 10;

/** The result of a check. */
export type TokenCheck = "ok" | "missing" | "wrong";

/** The start codes and tokens of one server. */
export class Sessions {
  readonly #now: () => number;
  readonly #tooMany: () => void;
  /** Digest of the code that works now. */
  #code: { readonly digest: Uint8Array; readonly untilMs: number } | undefined;
  readonly #tokens: Uint8Array[] = [];
  /** Digests of wrong codes and tokens. An old tab that sends the same one again guesses nothing new. */
  readonly #wrong = new Set<string>();

  /**
   * @param now Returns Unix milliseconds.
   * @param tooMany Called when too many different wrong codes and tokens came.
   */
  constructor(now: () => number, tooMany: () => void) {
    this.#now = now;
    this.#tooMany = tooMany;
  }

  /** Returns a new start code. The one before works no more. */
  async newCode(): Promise<string> {
    const code = randomText(16);
    this.#code = { digest: await digestOf(code), untilMs: this.#now() + CODE_MS };
    return code;
  }

  /** Exchanges a start code for a token; `undefined` for one that is wrong, old or used. */
  async exchange(code: string): Promise<string | undefined> {
    const given = await digestOf(code);
    const current = this.#code;
    if (current === undefined || !timingSafeEqual(given, current.digest) || this.#now() > current.untilMs) {
      this.#countWrong(given);
      return undefined;
    }
    this.#code = undefined;
    const token = randomText(32);
    this.#tokens.push(await digestOf(token));
    return token;
  }

  /** Checks the header `Authorization` of a request. */
  async check(header: string | null): Promise<TokenCheck> {
    const [, token] = /^Bearer ([\w-]{1,200})$/.exec(header ?? "") ?? [];
    if (token === undefined) return "missing";
    const given = await digestOf(token);
    let isKnown = false;
    // All are compared: the time says nothing about which one fits.
    for (const known of this.#tokens) if (timingSafeEqual(given, known)) isKnown = true;
    if (!isKnown) this.#countWrong(given);
    return isKnown ? "ok" : "wrong";
  }

  #countWrong(digest: Uint8Array): void {
    this.#wrong.add(digest.toHex());
    if (this.#wrong.size >= GUESSES_MAX) this.#tooMany();
  }
}

function randomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** Texts of any length become 32 bytes, which can be compared in constant time. */
async function digestOf(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
