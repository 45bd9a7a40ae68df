/**
 * Credentials in text: found by their form, and replaced by `***`.
 *
 * Everything that is printed for a person passes through these functions: errors,
 * hints, warnings, debug output. In doubtful cases more is masked than necessary.
 *
 * @module
 */

import { startOfTrailing } from "./trailing.ts";

/** The text that replaces a credential. */
export const MASK = "***";

/** Quick check: text without a match cannot hold a credential. */
const SUSPICIOUS = /[@=]|bearer|basic|authorization|cookie|token|eyJ|--|byte of \.\.\./i;

/**
 * Returns `text` with the credentials in it replaced by `***`:
 *
 * - names and passwords in addresses, also in addresses that do not parse;
 * - values of parameters such as `token`, `sig` and `X-Amz-Signature`;
 * - the headers `Authorization`, `Cookie` and their kin, and bearer tokens;
 * - values of flags such as `--password`;
 * - the parts of a Secret that an API server quotes when it could not read it.
 *
 * @param text Any text, such as a message. For a text that is a single address use {@linkcode maskAddress}, which finds more.
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
 * @param address A single address without other text; it may be malformed.
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
 * Returns the error message of a YAML parser without the parts of the document
 * that it quotes. Needed for credential files: `token: *abc` gives an error
 * about an unknown anchor, which quotes the token.
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

/** Parts of a document that an API server could not read. Servers before 1.20 quote them in the error. */
const DOCUMENT_PIECES =
  /(error found in #\d+ byte of )\.\.\.\|.*?\|\.\.\.(?:(, bigger context )\.\.\.\|.*?\|\.\.\.)?/gs;

/** Masks the parts of a Secret that an API server quotes. */
function maskSecretBody(text: string): string {
  if (!/\bSecret\b/.test(text)) return text;
  return text.replace(
    DOCUMENT_PIECES,
    (_all, first: string, second?: string) =>
      `${first}...|${MASK}|...${second === undefined ? "" : `${second}...|${MASK}|...`}`,
  );
}

/** The text before the user or host of an address: a scheme and its slashes. */
const SLASHES = /^[^/]*?(?:\/\/|(?<=[\w+.!-]:)\/)/s;

/**
 * An address in a text, beginning with its slashes, and the rest of the line up
 * to the next address. A backslash escapes the next character. Joined paths may
 * have lost one of the two slashes.
 */
const ADDRESS = /(\/\/|(?<=[\w+.!-]:)\/)((?:\\.|[^\s"'<>`\\])+)((?:(?!\/\/)[^\n])*)/g;

/** A name and the beginning of a password in the place of a host and its port. */
const CUT_OFF = /^[^/?#:@[\]]*:\d*[^\d/?#@]/;

function maskFound(_all: string, slashes: string, run: string, line: string): string {
  // Punctuation at the end of a sentence is not part of the address.
  const end = startOfTrailing(run, ":,.;)]");
  const [rest, tail] = [run.slice(0, end), run.slice(end)];
  // A blank or a quote in a password seems to end the address. Then everything up to the host is masked.
  const at = !rest.includes("@") && CUT_OFF.test(rest) ? line.lastIndexOf("@") : -1;
  const masked = at < 0 ? `${maskRest(rest)}${tail}${line}` : `${shownUser(rest)}${line.slice(at)}`;
  return `${slashes}${masked}`;
}

/** Masks the part of an address after its slashes. */
function maskRest(rest: string): string {
  const end = endOfUser(rest);
  const masked = end < 0 ? rest : `${shownUser(rest.slice(0, end))}${rest.slice(end)}`;
  return masked.replace(PARAMETER, withMask);
}

/**
 * Returns the index of the `@` before the host; -1 when there is none. A password
 * may contain characters that should have been escaped: `@`, `/`, `?`, `#`.
 */
function endOfUser(rest: string): number {
  const authority = /^[^/?#]*/.exec(rest)?.[0] ?? "";
  const last = rest.lastIndexOf("@");
  const at = authority.lastIndexOf("@");
  if (at < 0) return HOST_AND_PORT.test(authority) ? -1 : last;
  // In `ann:pass@word/rest@host` the host seems to be `word`. But nearly all hosts have a dot or a port.
  const host = authority.slice(at + 1);
  return last > at && !/[.:]|^localhost$/.test(host) ? last : at;
}

const HOST_AND_PORT = /^(?:\[[^\]]*\]|[^:[\]]*)(?::\d*)?$/;

/** `name:password@host` without a scheme. The `@` of an image is excluded: a digest follows it. */
const WHOLE_PAIR = /^([^\s/@:]+:.+)@(?!sha256:)([^@]*)$/s;

/** A `name:password@host` within a longer text. */
const PAIR =
  /(?<![\w./@:+*-])((?!mailto:)[A-Za-z0-9][\w.+-]{0,63}:[^\s"'@/*][^\s"'@]{0,255}(?:@[^\s"'@/]{1,255})*)@(?!sha256:)(?=[\w[])/gi;

/** User names that only select a protocol and identify no person. */
const PLAIN_NAMES = new Set(["git", "hg", "svn", "anonymous"]);

/** Placeholder passwords that services use when the user name is the token. */
const NO_PASSWORDS = new Set(["", "x", "x-oauth-basic"]);

/** Returns a name and a password with the secret parts masked. A name that may be a token is masked too. */
function shownUser(user: string): string {
  const colon = user.indexOf(":");
  if (colon < 0) return PLAIN_NAMES.has(user) ? user : MASK;
  const name = user.slice(0, colon);
  const isToken = NO_PASSWORDS.has(user.slice(colon + 1)) || name.length >= 20 && /\d/.test(name);
  return `${isToken ? MASK : name}:${MASK}`;
}

/** Endings of the names of secret parameters, flags and variables. */
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

/** Words that follow a flag when a sentence describes it, and that are therefore no secret value. */
const WORDS =
  /^(?:-.*|(?:a|an|and|are|as|at|by|can|cannot|for|from|has|if|in|is|it|may|must|needs?|no|not|of|on|or|the|to|was|when|with|without)[.,:;]?)$/i;

/** A cookie, up to the end of the line. */
const COOKIE = /((?<![\w-])(?:set-)?cookie["']?\s*:\s*["']?)[^\r\n"']+/gi;

/** Another header, as in a dump of a request or as JSON: a scheme and its token, or a token that has digits. */
const HEADER =
  /((?<![\w-])(?:(?:proxy-)?authorization|private-token|x-[\w-]{0,40}(?:token|key|secret))["']?\s*[:=]\s*["']?)(?:(?:bearer|basic|digest|negotiate|token)\s+[^\s"',]+|(?=[^\s"',]{0,400}[\d=])[^\s"',]+)/gi;

/** A scheme and its token, without a header. English words contain no digits and no capitals after the first letter. */
const SCHEME = /((?<![\w-])(?:[Bb]earer|BEARER|[Bb]asic|BASIC)\s+)(?=\S{0,400}(?:[0-9=]|[a-z][A-Z]))[\w.~+/-]{8,}=*/g;

const JSON_WEB_TOKEN = /\beyJ[\w-]{6,}\.[\w-]{6,}(?:\.[\w-]*)?/g;
