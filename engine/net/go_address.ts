/**
 * Parses URLs as Go does, as far as proxies need it.
 *
 * The runtime's `URL` repairs and normalises its input. Go refuses such input or
 * keeps it as it is, and the choice of the proxy depends on that.
 *
 * Source: Go 1.14, `net/url` (`url.go`).
 *
 * @module
 */

/** A parsed address. Texts are as written, with escapes decoded. */
export interface GoAddress {
  /** In lower case; empty when there is none. */
  readonly scheme: string;
  /** Absent when the address has no user; `password` is absent without a colon. */
  readonly user?: { readonly name: string; readonly password?: string };
  /** Host and port, an IPv6 address in brackets; empty for addresses such as `http:name`. */
  readonly host: string;
}

/** Returns the parts of an address; `undefined` when Go refuses it. */
export function parseGoAddress(text: string): GoAddress | undefined {
  if (/[\0-\x1f\x7f]/.test(text)) return undefined;
  const whole = text.replace(/#.*$/s, "");
  if (whole.startsWith(":")) return undefined;
  const [, given, afterScheme = whole] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(.*)$/s.exec(whole) ?? [];
  const scheme = (given ?? "").toLowerCase();
  const rest = afterScheme.replace(/\?.*$/s, "");
  if (!rest.startsWith("/")) {
    if (scheme !== "") return { scheme, host: "" };
    return /^[^/]*:/.test(rest) ? undefined : { scheme, host: "" };
  }
  const [, authority, path = rest] = /^\/\/([^/]*)(.*)$/s.exec(rest) ?? [];
  if (/%(?![0-9a-fA-F]{2})/.test(path)) return undefined;
  // Without a scheme, three slashes begin a path.
  if (authority === undefined || scheme === "" && rest.startsWith("///")) return { scheme, host: "" };
  const at = authority.lastIndexOf("@");
  const host = parseHost(authority.slice(at + 1));
  if (host === undefined) return undefined;
  if (at < 0) return { scheme, host };
  const user = parseUser(authority.slice(0, at));
  return user === undefined ? undefined : { scheme, host, user };
}

/** Returns the host of `host:port`, without the brackets of an IPv6 address. */
export function hostnameOf({ host }: GoAddress): string {
  return host.replace(/:[0-9]*$/, "").replace(/^\[(.*)\]$/s, "$1");
}

/** Returns the port of `host:port`; empty when there is none. */
export function portOf({ host }: GoAddress): string {
  return /:([0-9]*)$/.exec(host)?.[1] ?? "";
}

function parseHost(text: string): string | undefined {
  if (text.startsWith("[")) {
    const end = text.lastIndexOf("]");
    if (end < 0 || !/^(?::[0-9]*)?$/.test(text.slice(end + 1))) return undefined;
    const zone = text.slice(0, end).indexOf("%25");
    if (zone >= 0) {
      const parts = [unescapeHost(text.slice(0, zone)), unescapeZone(text.slice(zone, end)), text.slice(end)];
      return parts.includes(undefined) ? undefined : parts.join("");
    }
  } else if (/:(?![0-9]*$)[^:]*$/.test(text)) {
    return undefined;
  }
  return unescapeHost(text);
}

/** Characters that a host may contain without escapes; all non-ASCII characters are allowed. */
const IN_HOST = /^[A-Za-z0-9!$&'()*+,;=:[\]<>"\-_.~\x80-\u{10ffff}]*$/u;

/** Decodes escapes in a host; only bytes beyond ASCII and the percent sign may be escaped, else returns `undefined`. */
function unescapeHost(text: string): string | undefined {
  if (!IN_HOST.test(text.replace(/%25|%[89a-fA-F][0-9a-fA-F]/g, ""))) return undefined;
  return unescapeBytes(text);
}

function unescapeZone(text: string): string | undefined {
  if (/%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const plain = text.replace(/%25|%20/g, "");
  return IN_HOST.test(unescapeBytes(plain)) && IN_HOST.test(plain.replace(/%[0-9a-fA-F]{2}/g, ""))
    ? unescapeBytes(text)
    : undefined;
}

function parseUser(text: string): GoAddress["user"] | undefined {
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(text) || /%(?![0-9a-fA-F]{2})/.test(text)) return undefined;
  const colon = text.indexOf(":");
  if (colon < 0) return { name: unescapeBytes(text) };
  return { name: unescapeBytes(text.slice(0, colon)), password: unescapeBytes(text.slice(colon + 1)) };
}

function unescapeBytes(text: string): string {
  return text.replace(/(?:%[0-9a-fA-F]{2})+/g, (escapes) => {
    const bytes = Uint8Array.from(escapes.slice(1).split("%"), (hex) => parseInt(hex, 16));
    return new TextDecoder().decode(bytes);
  });
}
