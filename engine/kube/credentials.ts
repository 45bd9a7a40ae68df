/**
 * Credentials: headers and a client certificate, renewed when needed.
 *
 * @module
 */
import { readFile } from "node:fs/promises";
import { SkegError } from "../../errors.ts";
import { canAskAgain, type ProviderEntry, providerToken } from "./auth_provider.ts";
import { type ExecAnswer, execCredentials } from "./exec_credentials.ts";
import type { ChosenContext, ClusterEntry, UserEntry } from "./context.ts";

/** Credentials of a request. */
export interface Credentials {
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** PEM text. */
  readonly certificate: string | undefined;
  /** PEM text. */
  readonly key: string | undefined;
}

/** Supplies credentials for the next request. */
export interface CredentialSource {
  /** True if new credentials may help after status 401. */
  readonly renewable: boolean;
  /** With `renew`, gets new credentials even if the old ones have not expired. */
  get(renew: boolean, signal?: AbortSignal): Promise<Credentials>;
}

/** How long a token read from a file is used. */
const TOKEN_FILE_MS = 60_000;
/** Credentials that expire within this time are renewed. */
const EXPIRY_MARGIN_MS = 10_000;

/** Returns the source for a chosen context's user. */
export function credentialSource(context: ChosenContext): CredentialSource {
  const { user, cluster } = context;
  const base: Credentials = {
    headers: user.impersonate,
    certificate: user.clientCertificate,
    key: user.clientKey,
  };
  // The order of the client libraries: first a token, then a password, then programs.
  if (user.tokenFile !== undefined) return tokenFileSource(base, user.tokenFile, user.token);
  if (user.token !== undefined) return fixed(withToken(base, user.token));
  if (user.username !== undefined) return fixed(withPassword(base, user));
  if (user.exec !== undefined) return execSource(base, user.exec, cluster);
  if (user.authProvider !== undefined) return providerSource(base, user.authProvider);
  return fixed(base);
}

function fixed(credentials: Credentials): CredentialSource {
  return { renewable: false, get: () => Promise.resolve(credentials) };
}

function withHeader(base: Credentials, value: string): Credentials {
  // An error of `fetch` about such a header would quote it.
  if (/[^\t\x20-\xff]/.test(value)) {
    throw new SkegError("config", "the credentials of the kubeconfig's user hold characters that no header can carry", {
      hint: "Check the token for line breaks and quotes.",
    });
  }
  return { ...base, headers: [...base.headers, ["Authorization", value]] };
}

function withToken(base: Credentials, token: string): Credentials {
  return withHeader(base, `Bearer ${token.trim()}`);
}

function withPassword(base: Credentials, user: UserEntry): Credentials {
  const pair = new TextEncoder().encode(`${user.username ?? ""}:${user.password ?? ""}`);
  return withHeader(base, `Basic ${pair.toBase64()}`);
}

function tokenFileSource(base: Credentials, path: string, fallback: string | undefined): CredentialSource {
  let token: string | undefined;
  let readAt = 0;
  return {
    renewable: true,
    async get(renew: boolean): Promise<Credentials> {
      if (token === undefined || renew || Date.now() - readAt > TOKEN_FILE_MS) {
        try {
          token = (await readFile(path, "utf8")).trim();
        } catch (cause) {
          token ??= fallback;
          if (token === undefined) throw new SkegError("config", `cannot read the token file ${path}`, { cause });
        }
        readAt = Date.now();
      }
      return withToken(base, token);
    },
  };
}

function execSource(base: Credentials, entry: NonNullable<UserEntry["exec"]>, cluster: ClusterEntry): CredentialSource {
  let running: Promise<ExecAnswer> | undefined;
  let answer: ExecAnswer | undefined;
  const expired = (): boolean => answer?.expires !== undefined && answer.expires - EXPIRY_MARGIN_MS < Date.now();
  return {
    renewable: true,
    async get(renew: boolean, signal?: AbortSignal): Promise<Credentials> {
      if (answer === undefined || renew || expired()) {
        // Requests that start together share one run of the program.
        running ??= execCredentials(entry, cluster, signal).finally(() => running = undefined);
        answer = await running;
      }
      const { token, certificate, key } = answer;
      const named = { ...base, certificate: certificate ?? base.certificate, key: key ?? base.key };
      return token === undefined ? named : withToken(named, token);
    },
  };
}

function providerSource(base: Credentials, entry: ProviderEntry): CredentialSource {
  const token = providerToken(entry);
  return { renewable: canAskAgain(entry), get: async (renew, signal) => withToken(base, await token(renew, signal)) };
}
