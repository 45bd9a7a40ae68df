/**
 * Credentials in text: found by their form, and replaced by `***`.
 *
 * Everything that is printed for a person goes through here: errors, hints,
 * warnings, debug output. When in doubt, more is masked than needed.
 *
 * @module
 */

import { startOfTrailing } from "./trailing.ts";

/** What a credential is replaced by. */
export const MASK = "***";

/** Only text with one of these can hold a credential. */
const SUSPICIOUS = /[@=]|bearer|basic|authorization|cookie|token|eyJ|--|byte of \.\.\./i;

/**
 * Returns `text` with the credentials in it replaced by `***`:
 *
 * - names and passwords of addresses, also of addresses that do not parse;
 * - values of parameters such as `token`, `sig` and `X-Amz-Signature`;
 * - the headers `Authorization`, `Cookie` and their kin, and bearer tokens;
 * - values of flags such as `--password`;
 * - what an API server quotes of a Secret that it could not read.
 *
 * @param text Any text, such as a message. For text that is one address, {@linkcode maskAddress} finds more.
 *
 * @example A message that quotes an address
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(maskSecrets('Get "https://ann:hunter2@example.com/": refused'), 'Get "https://ann:***@example.com/": refused');
 * ```
 */
export function maskSecrets(text: string): string {
  if (!SUSPICIOUS.test(text)) return text;
  return maskSecretBody(text)
    .replace(ADDRESS, maskFound)
    .replace(PAIR, (_all, pair: string) => `${shownUser(pair)}@`)
    .replace(COOKIE, withMask)
    .replace(HEADER, withMask)
    .replace(SCHEME, withMask)
    .replace(JSON_WEB_TOKEN, MASK)
    .replace(FLAG, (all: string, head: string, value: string) => WORDS.test(value) ? all : withMask(all, head))
    .replace(ASSIGNMENT, withMask);
}

/**
 * Returns an address with the credentials in it replaced by `***`.
 *
 * @param address One address and nothing else; it need not be well-formed.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(maskAddress("oci://ann:hunter2@example.com/charts"), "oci://ann:***@example.com/charts");
 * equal(maskAddress("https://example.com/?token=hunter2&a=b"), "https://example.com/?token=***&a=b");
 * ```
 */
export function maskAddress(address: string): string {
  const [start] = SLASHES.exec(address) ?? [];
  if (start !== undefined) return start + maskRest(address.slice(start.length));
  const [, pair, host] = WHOLE_PAIR.exec(address) ?? [];
  const masked = pair === undefined ? address : `${shownUser(pair)}@${host}`;
  return masked.replace(PARAMETER, withMask);
}

/**
 * Returns the message of a YAML reader without the pieces of the document that
 * it quotes. For files of credentials: `token: *abc` is an unknown anchor.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(maskYamlProblem("yaml: unknown anchor 'abc' referenced"), "yaml: unknown anchor '***' referenced");
 * ```
 */
export function maskYamlProblem(message: string): string {
  return message.replaceAll(/(anchor ')[^\n]*?(?=')|(`)[^`]*(?=`)|(map key: )[^]*/g, (_all, ...heads: unknown[]) => {
    const head = heads.slice(0, 3).find((each) => typeof each === "string");
    return `${head}${MASK}`;
  });
}

function withMask(_all: string, head: string): string {
  return `${head}${MASK}`;
}

/** Pieces of a document that an API server could not read: those before 1.20 quote them. */
const DOCUMENT_PIECES =
  /(error found in #\d+ byte of )\.\.\.\|.*?\|\.\.\.(?:(, bigger context )\.\.\.\|.*?\|\.\.\.)?/gs;

/** Masks what an API server quotes of a Secret. */
function maskSecretBody(text: string): string {
  if (!/\bSecret\b/.test(text)) return text;
  return text.replace(
    DOCUMENT_PIECES,
    (_all, first: string, second?: string) =>
      `${first}...|${MASK}|...${second === undefined ? "" : `${second}...|${MASK}|...`}`,
  );
}

/** What stands before an address's user or host. */
const SLASHES = /^[^/]*?(?:\/\/|(?<=[\w+.!-]:)\/)/s;

/**
 * An address in a text, from its slashes on, and the rest of the line up to
 * the next. A backslash quotes what follows; joined paths have one slash.
 */
const ADDRESS = /(\/\/|(?<=[\w+.!-]:)\/)((?:\\.|[^\s"'<>`\\])+)((?:(?!\/\/)[^\n])*)/g;

/** A name and the beginning of a password, where a host and its port would be. */
const CUT_OFF = /^[^/?#:@[\]]*:\d*[^\d/?#@]/;

function maskFound(_all: string, slashes: string, run: string, line: string): string {
  // What ends a sentence is no part of the address.
  const end = startOfTrailing(run, ":,.;)]");
  const [rest, tail] = [run.slice(0, end), run.slice(end)];
  // A blank or a quote in a password ends what looks like an address; then all up to the host is masked.
  const at = !rest.includes("@") && CUT_OFF.test(rest) ? line.lastIndexOf("@") : -1;
  const masked = at < 0 ? `${maskRest(rest)}${tail}${line}` : `${shownUser(rest)}${line.slice(at)}`;
  return `${slashes}${masked}`;
}

/** Masks an address from where its slashes end. */
function maskRest(rest: string): string {
  const end = endOfUser(rest);
  const masked = end < 0 ? rest : `${shownUser(rest.slice(0, end))}${rest.slice(end)}`;
  return masked.replace(PARAMETER, withMask);
}

/**
 * Returns where the `@` before the host is; -1 when there is none. A password
 * may hold what should have been escaped in it: `@`, `/`, `?`, `#`.
 */
function endOfUser(rest: string): number {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  const last = rest.lastIndexOf("@");
  const at = authority.lastIndexOf("@");
  if (at < 0) return HOST_AND_PORT.test(authority) ? -1 : last;
  // `ann:pass@word/rest@host`: the host seems to be `word`. Nearly all hosts have a dot or a port.
  const host = authority.slice(at + 1);
  return last > at && !/[.:]|^localhost$/.test(host) ? last : at;
}

const HOST_AND_PORT = /^(?:\[[^\]]*\]|[^:[\]]*)(?::\d*)?$/;

/** `name:password@host` without a scheme. What an image has after its `@` is a digest. */
const WHOLE_PAIR = /^([^\s/@:]+:.+)@(?!sha256:)([^@]*)$/s;

/** The same within a text. */
const PAIR =
  /(?<![\w./@:+*-])((?!mailto:)[A-Za-z0-9][\w.+-]{0,63}:[^\s"'@/*][^\s"'@]{0,255}(?:@[^\s"'@/]{1,255})*)@(?!sha256:)(?=[\w[])/gi;

/** Names that say how a host is spoken to, and nothing about a person. */
const PLAIN_NAMES = new Set(["git", "hg", "svn", "anonymous"]);

/** What stands in the place of a password when the name is a token. */
const NO_PASSWORDS = new Set(["", "x", "x-oauth-basic"]);

/** Returns a name and a password as they may be shown. A name that may be a token is masked too. */
function shownUser(user: string): string {
  const colon = user.indexOf(":");
  if (colon < 0) return PLAIN_NAMES.has(user) ? user : MASK;
  const name = user.slice(0, colon);
  const isToken = NO_PASSWORDS.has(user.slice(colon + 1)) || name.length >= 20 && /\d/.test(name);
  return `${isToken ? MASK : name}:${MASK}`;
}

/** How the names of secret parameters, flags and variables end. */
const SECRET = "(?:token|secret|password|passwd|passphrase|(?:api|access|private)[-_]?key|signature|credential)";

/** A parameter of an address, and its value. */
const PARAMETER = new RegExp(
  `([?&;#](?:[\\w.~%-]{0,80}${SECRET}|AWSAccessKeyId|sig|key|auth|authorization|code|jwt|pass|pwd)=)[^&#]+`,
  "gi",
);

/** `name=value` anywhere in a text. */
const ASSIGNMENT = new RegExp(
  `((?<![\\w.-])[\\w.-]{0,80}${SECRET}=)(?!\\*\\*\\*)(?:"[^"\\n]+"|'[^'\\n]+'|[^\\s"',;&#)]+)`,
  "gi",
);

/** A flag and its value, as in a command line that is echoed. */
const FLAG = new RegExp(`((?<![\\w-])--[\\w-]{0,40}${SECRET}(?:=|[ \\t]+))("[^"\\n]*"|'[^'\\n]*'|[^\\s"']+)`, "gi");

/** What follows a flag in a sentence about it. */
const WORDS =
  /^(?:-.*|(?:a|an|and|are|as|at|by|can|cannot|for|from|has|if|in|is|it|may|must|needs?|no|not|of|on|or|the|to|was|when|with|without)[.,:;]?)$/i;

/** A cookie, up to the end of the line. */
const COOKIE = /((?<![\w-])(?:set-)?cookie["']?\s*:\s*["']?)[^\r\n"']+/gi;

/** Another header, as in a dump of a request or as JSON: a scheme and its token, or a token that has digits. */
const HEADER =
  /((?<![\w-])(?:(?:proxy-)?authorization|private-token|x-[\w-]{0,40}(?:token|key|secret))["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|digest|negotiate|token)\s+[^\s"',]+|(?=[^\s"',]{0,400}[\d=])[^\s"',]+)/gi;

/** A scheme and its token, without a header. English words have no digits and no capitals inside. */
const SCHEME = /((?<![\w-])(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+)(?=\S{0,400}(?:[0-9=]|[a-z][A-Z]))[\w.~+/-]{8,}=*/g;

const JSON_WEB_TOKEN = /\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g;
