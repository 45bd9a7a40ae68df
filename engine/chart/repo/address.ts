/**
 * Parses, joins and compares addresses of repositories and charts.
 *
 * Works on the text as written, escapes included, because the results are shown
 * to users and stored in indexes.
 *
 * Source: Helm 2.17.0, `pkg/urlutil`, `pkg/repo/chartrepo.go`, `pkg/downloader`.
 *
 * @module
 */
import { posix } from "node:path";

/** A parsed address. */
export interface Address {
  /** In lower case; empty when there is none. */
  readonly scheme: string;
  /** The text after the scheme when it does not begin with a slash, as in `alias:stable`. */
  readonly opaque: string;
  /** User, host and port. */
  readonly authority: string | undefined;
  /** Path, escaped. */
  readonly path: string;
  /** Query without `?`. */
  readonly query: string;
  /** Fragment without `#`. */
  readonly fragment: string;
}

/** Returns the parts of an address; `undefined` when Go refuses it. */
export function parseAddress(text: string): Address | undefined {
  if (/[\0-\x1f\x7f]/.test(text) || text.startsWith(":") || /%(?![0-9a-fA-F]{2})/.test(text.replace(/\?.*$/s, ""))) {
    return undefined;
  }
  const [, scheme = "", authority, path = "", query = "", fragment = ""] =
    /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(text) ?? [];
  if (scheme !== "" && authority === undefined && path !== "" && !path.startsWith("/")) {
    return { scheme: scheme.toLowerCase(), opaque: path, authority, path: "", query, fragment };
  }
  if (scheme === "" && authority === undefined && /^[^/]*:/.test(path)) return undefined;
  if (authority !== undefined && !isAuthority(authority)) return undefined;
  return { scheme: scheme.toLowerCase(), opaque: "", authority, path: escapePath(path), query, fragment };
}

function isAuthority(text: string): boolean {
  const host = text.slice(text.lastIndexOf("@") + 1);
  return /^(?:\[[^\]]*\]|[^:[\]\s\\^`{|}]*)(?::[0-9]*)?$/.test(host);
}

/** Escapes characters that a path may not contain; existing escapes stay. */
function escapePath(path: string): string {
  return path.replace(/[^A-Za-z0-9_.~$&+,/:;=@%!'()*[\]-]+/g, encodeURIComponent);
}

/** Returns the text of an address. */
export function formatAddress({ scheme, opaque, authority, path, query, fragment }: Address): string {
  let text = scheme === "" ? "" : `${scheme}:`;
  if (opaque !== "") text += opaque;
  else {
    if (authority !== undefined && (authority !== "" || scheme !== "")) text += `//${authority}`;
    text += authority && path !== "" && !path.startsWith("/") ? `/${path}` : path;
  }
  return text + (query === "" ? "" : `?${query}`) + (fragment === "" ? "" : `#${fragment}`);
}

/** Joins parts of a path like Go's `path.Join`: skips empty ones, resolves dots, collapses slashes. */
export function joinPath(...parts: readonly string[]): string {
  const full = parts.filter((part) => part !== "").join("/");
  if (full === "") return "";
  const path = posix.normalize(full);
  return path.length > 1 && path.endsWith("/") ? path.slice(0, -1) : path;
}

/** Appends names of folders and files to an address; one that cannot be parsed is treated as a path. */
export function joinAddress(base: string, ...parts: readonly string[]): string {
  const address = parseAddress(base);
  if (address === undefined) return joinPath(base, ...parts);
  return formatAddress({ ...address, path: joinPath(address.path, ...parts.map(escapeName)) });
}

/** Escapes a text without escapes. */
function escapeName(text: string): string {
  return text.replace(
    /[^A-Za-z0-9_.~$&+,/:;=@-]+/gu,
    (other) =>
      Array.from(
        new TextEncoder().encode(other),
        (byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`,
      ).join(""),
  );
}

/** Returns the address of a repository's index. */
export function indexAddress(repository: string): string {
  return joinAddress(repository, "index.yaml");
}

/** True if the address has a scheme, such as `https://host/path` or `alias:name`. */
export function isAbsolute(address: Address): boolean {
  return address.scheme !== "";
}

/**
 * Returns the absolute address for `reference` in the index of `repository`.
 *
 * A relative reference gets the query of the repository's address, which may
 * contain credentials.
 */
export function resolveReference(repository: Address, reference: Address): Address {
  if (isAbsolute(reference)) return reference;
  const { scheme, query } = repository;
  if (reference.authority !== undefined) return { ...reference, scheme };
  const folder = `${repository.path.replace(/\/$/, "")}/`;
  const path = reference.path.startsWith("/") ? reference.path : folder + reference.path;
  return { ...repository, path: withoutDots(path), query, fragment: reference.fragment };
}

/** Resolves `.` and `..`; the result never leaves the root. */
function withoutDots(path: string): string {
  const normal = posix.normalize(path.startsWith("/") ? path.replace(/\/{2,}/g, "/") : `/${path}`);
  return normal === "/." ? "/" : normal;
}

/** True if two addresses are equal, apart from slashes at the end. */
export function sameAddress(a: string, b: string): boolean {
  const [left, right] = [parseAddress(a), parseAddress(b)];
  if (left === undefined) return joinPath(a) === joinPath(b);
  if (right === undefined) return false;
  return cleaned(left) === cleaned(right);
}

function cleaned(address: Address): string {
  return formatAddress({ ...address, path: joinPath(address.path || "/") });
}

/** True if the text can be used in a request without a base: an absolute address, or an absolute path. */
export function isRequestAddress(text: string): boolean {
  const address = parseAddress(text);
  return address !== undefined && text !== "" && (isAbsolute(address) || text.startsWith("/"));
}

/**
 * True if credentials for `owner` may be sent to `target`: both have the same
 * host and port, and the connection does not change from encrypted to plain.
 */
export function sameHost(owner: string, target: string): boolean {
  let [left, right]: (URL | undefined)[] = [];
  try {
    [left, right] = [new URL(owner), new URL(target)];
  } catch {
    return false;
  }
  if (left.hostname !== right.hostname) return false;
  if (left.protocol === right.protocol) return left.port === right.port;
  // From http to https on the default ports, as redirects do.
  return left.protocol === "http:" && right.protocol === "https:" && left.port === "" && right.port === "";
}
