/**
 * Checks URLs and e-mail addresses as Helm 2 does.
 *
 * Source: Helm 2.17.0 uses govalidator (`IsEmail`, `IsURL`, `IsRequestURL`) and Go's `net/url`.
 *
 * @module
 */
import { loadRe2 } from "../../base/mod.ts";
import { byteLength, toBytes } from "../../lang/golang/mod.ts";

/** The parts of a URL that the checks need. */
interface Address {
  readonly scheme: string;
  readonly host: string;
  readonly path: string;
}

/** True if the text is an absolute URL with a scheme. */
export function isRequestUrl(text: string): boolean {
  const address = parseAddress(text, true);
  return address !== undefined && address.scheme !== "";
}

/** True if the text looks like a URL; the scheme may be missing. */
export async function isUrl(text: string): Promise<boolean> {
  if ([...text].length >= 2083 || byteLength(text) <= 3 || text.startsWith(".")) return false;
  // Without a scheme, a colon precedes a port.
  const withScheme = text.includes(":") && !text.includes("://") ? `http://${text}` : text;
  const address = parseAddress(withScheme.split("#", 1)[0] ?? "", false);
  if (address === undefined || address.host.startsWith(".")) return false;
  const fragment = withScheme.slice(withScheme.indexOf("#") + 1);
  if (withScheme.includes("#") && !isEscaped(fragment, () => true)) return false;
  if (address.host === "" && address.path !== "" && !address.path.includes(".")) return false;
  return await test("url", text);
}

/** True if the text looks like an e-mail address. */
export function isEmail(text: string): Promise<boolean> {
  return test("email", text);
}

const patterns = new Map<"url" | "email", { matches(text: string): boolean }>();

/** Tests a text with a linear-time engine, because the patterns are too ambiguous for one that backtracks. Loaded on first use. */
async function test(kind: "url" | "email", text: string): Promise<boolean> {
  let pattern = patterns.get(kind);
  if (pattern === undefined) {
    const compiled = (await loadRe2()).RE2JS.compile(kind === "url" ? urlPattern() : emailPattern());
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
  // The library's pattern repeats the opening quote before every character, so it rejects all real quoted names.
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

/** Returns the pattern of IPv6 addresses; the last 32 bits may be written as IPv4. */
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

/** Returns a URL parsed as in Go; `undefined` when Go refuses it. The caller has removed the fragment. */
function parseAddress(text: string, isRequest: boolean): Address | undefined {
  // deno-lint-ignore no-control-regex -- this pattern must find them
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
  // In a host only non-ASCII bytes and the percent sign may be escaped. In a zone nearly all bytes may be.
  if (zone >= 0 && zone <= end && !isEscaped(text.slice(zone, end), (byte) => byte === 0x20 || isHostByte(byte))) {
    return false;
  }
  return [...toBytes(plain)].every((byte) => byte >= 0x80 || byte === 0x25 || isHostByte(byte)) &&
    isEscaped(plain, (byte) => byte >= 0x80);
}

function isHostByte(byte: number): boolean {
  return /[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~]/.test(String.fromCharCode(byte));
}

/** True if every `%` begins an allowed escape; `%25` is always allowed. */
function isEscaped(text: string, allowed: (byte: number) => boolean): boolean {
  for (const [, digits = ""] of text.matchAll(/%(.{0,2})/gsu)) {
    if (!/^[0-9a-fA-F]{2}$/.test(digits)) return false;
    const byte = Number.parseInt(digits, 16);
    if (byte !== 0x25 && !allowed(byte)) return false;
  }
  return true;
}
