/**
 * Which texts pass for URLs and e-mail addresses.
 *
 * Source: Helm 2.17.0 asks govalidator (`IsEmail`, `IsURL`, `IsRequestURL`) and Go's `net/url`.
 *
 * @module
 */
import { byteLength, toBytes } from "../../lang/golang/mod.ts";

/** A URL as far as the checks look at it. */
interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/** True for an absolute URL that has a scheme. */
export function isRequestUrl(text: string): boolean {
  const address = parseAddress(text, true);
  return address !== undefined && address.scheme !== "";
}

/** True for what looks like a URL; the scheme may be missing. */
export async function isUrl(text: string): Promise<boolean> {
  if ([...text].length >= 2083 || byteLength(text) <= 3 || text.startsWith(".")) return false;
  // Without a scheme, a colon stands before a port.
  const withScheme = text.includes(":") && !text.includes("://") ? `http://${text}` : text;
  const address = parseAddress(withScheme.split("#", 1)[0] ?? "", false);
  if (address === undefined || address.host.startsWith(".")) return false;
  const fragment = withScheme.slice(withScheme.indexOf("#") + 1);
  if (withScheme.includes("#") && !isEscaped(fragment, () => true)) return false;
  if (address.host === "" && address.path !== "" && !address.path.includes(".")) return false;
  return await test("url", text);
}

/** True for what looks like an e-mail address. */
export function isEmail(text: string): Promise<boolean> {
  return test("email", text);
}

const patterns = new Map<"url" | "email", { matches(text: string): boolean }>();

/** The patterns are too ambiguous for an engine that backtracks; the linear one is loaded when a chart has an address. */
async function test(kind: "url" | "email", text: string): Promise<boolean> {
  let pattern = patterns.get(kind);
  if (pattern === undefined) {
    const { RE2JS } = await import("npm:re2js@2.10.0");
    const compiled = RE2JS.compile(kind === "url" ? urlPattern() : emailPattern());
    pattern = { matches: (subject) => compiled.matcher(subject).find() };
    patterns.set(kind, pattern);
  }
  return pattern.matches(text);
}

function emailPattern(): string {
  const far = "\\x{00A0}-\\x{D7FF}\\x{F900}-\\x{FDCF}\\x{FDF0}-\\x{FFEF}";
  const atom = `[a-zA-Z0-9!#$%&'*+\\-/=?^_\`{|}~${far}]+`;
  const blank = "(([ \\t]*\\r\\n)?[ \\t]+)?";
  const quotable = `[\\x01-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\x21\\x23-\\x5b\\x5d-\\x7e${far}]`;
  const parenthesis = `\\([\\x01-\\x09\\x0b\\x0c\\x0d-\\x7f${far}]`;
  // The library repeats the opening quote with every character: nobody's quoted name passes.
  const local = `${atom}(\\.${atom})*|("${blank}(${quotable}|${parenthesis}))*${blank}"`;
  const label = `[a-zA-Z0-9${far}]([a-zA-Z0-9\\-._~${far}]*[a-zA-Z0-9${far}])?`;
  const top = `[a-zA-Z${far}]([a-zA-Z0-9\\-_~${far}]*[a-zA-Z${far}])?`;
  return `^(${local})@(${label}\\.)+(${top})\\.?$`;
}

function urlPattern(): string {
  const four = "([1-9]\\d?|1\\d\\d|2[01]\\d|22[0-3])(\\.(1?\\d{1,2}|2[0-4]\\d|25[0-5])){2}" +
    "\\.([0-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-4])";
  const sub = "((www\\.)|([a-zA-Z0-9]+([-_.]?[a-zA-Z0-9])*[a-zA-Z0-9]\\.[a-zA-Z0-9]+))";
  const name = "[a-zA-Z0-9]([a-zA-Z0-9\\-_]+)?[a-zA-Z0-9]([-.][a-zA-Z0-9]+)*";
  const letter = "a-zA-Z\\x{00a1}-\\x{ffff}";
  const words = `([${letter}0-9]+-?-?)*[${letter}0-9]+(\\.[${letter}]+)?`;
  const host = `${four}|\\[(${addressPattern()})\\]|((${name})|${sub})?${words}`;
  return `^((ftp|tcp|udp|wss?|https?)://)?(\\S+(:\\S*)?@)?(${host})\\.?(:\\d{1,5})?([/?#]\\S*)?$`;
}

/** Addresses of IPv6, with the last 32 bits as IPv4 or not. */
function addressPattern(): string {
  const group = "[0-9a-fA-F]{1,4}";
  const byte = "(25[0-5]|(2[0-4]|1?[0-9])?[0-9])";
  const four = `(${byte}\\.){3}${byte}`;
  const forms = [`(${group}:){7}${group}`, `(${group}:){1,7}:`, `(${group}:){1,6}:${group}`];
  for (let after = 2; after <= 6; after++) forms.push(`(${group}:){1,${7 - after}}(:${group}){1,${after}}`);
  forms.push(`:((:${group}){1,7}|:)`, "fe80:(:[0-9a-fA-F]{0,4}){0,4}%[0-9a-zA-Z]+");
  forms.push(`::(ffff(:0{1,4})?:)?${four}`, `(${group}:){1,4}:${four}`);
  return forms.join("|");
}

/** Reads a URL as Go does; `undefined` when Go refuses it. A fragment was cut off before. */
function parseAddress(text: string, isRequest: boolean): Address | undefined {
  // deno-lint-ignore no-control-regex -- that is what is looked for
  if (/[\0-\x1f\x7f]/.test(text) || (text === "" && isRequest) || text.startsWith(":")) return undefined;
  if (text === "*") return { scheme: "", host: "", path: "*" };
  const scheme = /^([a-zA-Z][a-zA-Z0-9+.-]*):/.exec(text)?.[1] ?? "";
  let rest = (scheme === "" ? text : text.slice(scheme.length + 1)).split("?", 1)[0] ?? "";
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { scheme, host: "", path: "" };
    if (isRequest || /^[^/]*:/.test(rest)) return undefined;
  }
  let host = "";
  const hasHost = scheme !== "" || (!isRequest && !rest.startsWith("///"));
  if (hasHost && rest.startsWith("//")) {
    const slash = rest.indexOf("/", 2);
    const authority = slash < 0 ? rest.slice(2) : rest.slice(2, slash);
    rest = slash < 0 ? "" : rest.slice(slash);
    const at = authority.lastIndexOf("@");
    host = authority.slice(at + 1);
    if (!isHost(host) || (at >= 0 && !isUserInfo(authority.slice(0, at)))) return undefined;
  }
  return isEscaped(rest, () => true) ? { scheme, host, path: rest } : undefined;
}

function isUserInfo(text: string): boolean {
  return /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text) && isEscaped(text, () => true);
}

function isHost(text: string): boolean {
  const port = text.startsWith("[") ? text.slice(text.lastIndexOf("]") + 1) : /:[^:]*$/.exec(text)?.[0] ?? "";
  if (text.startsWith("[") && !text.includes("]")) return false;
  if (!/^(?::[0-9]*)?$/.test(port)) return false;
  const zone = text.startsWith("[") ? text.indexOf("%25") : -1;
  const end = text.lastIndexOf("]");
  const plain = zone < 0 || zone > end ? text : text.slice(0, zone) + text.slice(end);
  // In a host only bytes beyond ASCII may be escaped, and a percent sign; a zone takes nearly all.
  if (zone >= 0 && zone <= end && !isEscaped(text.slice(zone, end), (byte) => byte === 0x20 || isHostByte(byte))) {
    return false;
  }
  return [...toBytes(plain)].every((byte) => byte >= 0x80 || byte === 0x25 || isHostByte(byte)) &&
    isEscaped(plain, (byte) => byte >= 0x80);
}

function isHostByte(byte: number): boolean {
  return /[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~]/.test(String.fromCharCode(byte));
}

/** True when every `%` begins an escape that is allowed; `%25` always is. */
function isEscaped(text: string, allowed: (byte: number) => boolean): boolean {
  for (const [, digits = ""] of text.matchAll(/%(.{0,2})/gsu)) {
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return false;
    const byte = Number.parseInt(digits, 16);
    if (byte !== 0x25 && !allowed(byte)) return false;
  }
  return true;
}
