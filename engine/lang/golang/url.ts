/**
 * Parses and writes URLs as Go's `net/url` does.
 *
 * Answers to Go 1.14.
 *
 * @module
 */

import { SkegError } from "../../../errors.ts";
import { fromBinary, toBinary } from "./binary.ts";
import { quote } from "./quote.ts";

/** Name and password before the host. */
export interface UserInfo {
  /** Name, unescaped. */
  readonly name: string;
  /** Password, unescaped; `undefined` when there was no colon. */
  readonly password: string | undefined;
}

/** A parsed URL. Texts are unescaped unless their comment says otherwise. */
export interface GoUrl {
  /** In small letters, without the colon. */
  readonly scheme: string;
  /** The text after the scheme, if that does not begin with a slash; escaped. */
  readonly opaque: string;
  /** Name and password; `undefined` if there are none. */
  readonly user: UserInfo | undefined;
  /** Host, and port when given. */
  readonly host: string;
  /** Path. */
  readonly path: string;
  /** Query without the question mark; escaped. */
  readonly query: string;
  /** Fragment without the hash sign. */
  readonly fragment: string;
}

/** The parts of a URL that escape different characters. */
type Mode = "path" | "user" | "host" | "zone" | "fragment";

/** Per mode, the characters besides letters, digits and `-_.~` that stay. */
const PLAIN: Readonly<Record<Mode, string>> = {
  path: "$&+,/:;=@",
  user: "$&+,;=",
  host: "!$&'()*+,;=:[]<>\"",
  zone: "!$&'()*+,;=:[]<>\"",
  fragment: "$&+,/:;=?@!()*",
};

function isEscaped(char: string, mode: Mode): boolean {
  return !/[A-Za-z0-9_.~-]/.test(char) && !PLAIN[mode].includes(char);
}

/** Writes a text in a URL; the text is binary. */
function escape(text: string, mode: Mode): string {
  return text.replace(
    /[^A-Za-z0-9_.~-]/gs,
    (char) => isEscaped(char, mode) ? "%" + char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0") : char,
  );
}

function fail(message: string): never {
  throw new SkegError("usage", message, { verbatim: true });
}

/** Reads a text of a URL; the text is binary. */
function unescape(text: string, mode: Mode): string {
  let out = "";
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === "%") {
      const spelling = text.slice(at, at + 3);
      if (!/^%[0-9a-fA-F]{2}$/.test(spelling)) fail(`invalid URL escape ${quote(fromBinary(spelling))}`);
      const code = parseInt(spelling.slice(1), 16);
      // Hosts may only escape what is not ASCII; zones a little more.
      const isRefused = mode === "host"
        ? code < 0x80
        : mode === "zone" && code !== 0x20 && isEscaped(String.fromCharCode(code), "host");
      if (isRefused && spelling !== "%25") fail(`invalid URL escape ${quote(spelling)}`);
      out += String.fromCharCode(code);
      at += 2;
      continue;
    }
    if ((mode === "host" || mode === "zone") && char < "\x80" && isEscaped(char, mode)) {
      fail(`invalid character ${quote(char)} in host name`);
    }
    out += char;
  }
  return out;
}

/**
 * Parses a URL: Go's `url.Parse`.
 *
 * @throws {SkegError} Kind `usage`, with Go's words.
 */
export function parseUrl(text: string): GoUrl {
  const binary = toBinary(text);
  const hash = binary.indexOf("#");
  const body = hash < 0 ? binary : binary.slice(0, hash);
  const url = attempt(body, () => parseBody(body));
  const fragment = hash < 0 ? "" : attempt(binary, () => unescape(binary.slice(hash + 1), "fragment"));
  return { ...url, fragment: fromBinary(fragment) };
}

function attempt<T>(url: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SkegError) fail(`parse ${quote(fromBinary(url))}: ${error.message}`);
    throw error;
  }
}

const NOTHING: GoUrl = { scheme: "", opaque: "", user: undefined, host: "", path: "", query: "", fragment: "" };

function parseBody(text: string): GoUrl {
  if (/[\x00-\x1f\x7f]/.test(text)) fail("net/url: invalid control character in URL");
  if (text === "*") return { ...NOTHING, path: "*" };
  if (text.startsWith(":")) fail("missing protocol scheme");
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1];
  let rest = scheme === undefined ? text : text.slice(scheme.length + 1);
  const mark = rest.indexOf("?");
  const query = mark < 0 ? "" : fromBinary(rest.slice(mark + 1));
  if (mark >= 0) rest = rest.slice(0, mark);
  const known = { ...NOTHING, scheme: (scheme ?? "").toLowerCase(), query };
  if (!rest.startsWith("/")) {
    if (scheme !== undefined) return { ...known, opaque: fromBinary(rest) };
    if (/^[^/]*:/.test(rest)) fail("first path segment in URL cannot contain colon");
  }
  if (!rest.startsWith("//") || (scheme === undefined && rest.startsWith("///"))) {
    return { ...known, path: fromBinary(unescape(rest, "path")) };
  }
  const slash = rest.indexOf("/", 2);
  const authority = rest.slice(2, slash < 0 ? undefined : slash);
  const { user, host } = parseAuthority(authority);
  return { ...known, user, host, path: slash < 0 ? "" : fromBinary(unescape(rest.slice(slash), "path")) };
}

function parseAuthority(text: string): { user: UserInfo | undefined; host: string } {
  const at = text.lastIndexOf("@");
  const host = fromBinary(parseHost(text.slice(at + 1)));
  if (at < 0) return { user: undefined, host };
  const info = text.slice(0, at);
  if (!/^[A-Za-z0-9._:~!$&'()*+,;=%@-]*$/.test(info)) fail("net/url: invalid userinfo");
  const colon = info.indexOf(":");
  const name = fromBinary(unescape(colon < 0 ? info : info.slice(0, colon), "user"));
  return {
    user: { name, password: colon < 0 ? undefined : fromBinary(unescape(info.slice(colon + 1), "user")) },
    host,
  };
}

function parseHost(text: string): string {
  const close = text.lastIndexOf("]");
  const isBracketed = text.startsWith("[");
  if (isBracketed && close < 0) fail("missing ']' in host");
  const colon = text.lastIndexOf(":");
  const port = isBracketed ? text.slice(close + 1) : colon < 0 ? "" : text.slice(colon);
  if (!isPort(port)) fail(`invalid port ${quote(fromBinary(port))} after host`);
  const zone = isBracketed ? text.slice(0, close).indexOf("%25") : -1;
  if (zone < 0) return unescape(text, "host");
  return unescape(text.slice(0, zone), "host") + unescape(text.slice(zone, close), "zone") +
    unescape(text.slice(close), "host");
}

/** Nothing, or a colon and digits. */
function isPort(text: string): boolean {
  return /^(?::[0-9]*)?$/.test(text);
}

/** Returns the host without port and brackets: Go's `URL.Hostname`. */
export function hostName(url: GoUrl): string {
  const colon = url.host.lastIndexOf(":");
  const host = colon >= 0 && isPort(url.host.slice(colon)) ? url.host.slice(0, colon) : url.host;
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}

/** Writes name and password: Go's `Userinfo.String`. */
export function formatUser({ name, password }: UserInfo): string {
  return escape(toBinary(name), "user") + (password === undefined ? "" : ":" + escape(toBinary(password), "user"));
}

/** Writes a URL: Go's `URL.String`. */
export function formatUrl(url: GoUrl): string {
  const { scheme, opaque, user, host, query, fragment } = url;
  let out = scheme === "" ? "" : scheme + ":";
  if (opaque !== "") out += opaque;
  else {
    if ((scheme !== "" && url.path !== "") || host !== "" || user !== undefined) out += "//";
    if (user !== undefined) out += formatUser(user) + "@";
    out += escape(toBinary(host), "host");
    const path = url.path === "*" ? "*" : escape(toBinary(url.path), "path");
    if (path !== "" && !path.startsWith("/") && host !== "") out += "/";
    // Without a scheme a colon in the first segment would be read as one.
    if (out === "" && /^[^/]*:/.test(path)) out += "./";
    out += path;
  }
  if (query !== "") out += "?" + query;
  return fragment === "" ? out : out + "#" + escape(toBinary(fragment), "fragment");
}
