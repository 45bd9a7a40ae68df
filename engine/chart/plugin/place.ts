/**
 * Where plugins come from, and where they are put.
 *
 * Source: Helm 2.17.0, `pkg/plugin/installer`, `pkg/plugin/cache`.
 *
 * @module
 */
import { basename } from "node:path";
import { MASK, maskAddress } from "../../base/mod.ts";

const ENDINGS = [".tar.gz", ".tgz"];
const SCP = /^([a-zA-Z0-9_]+)@([a-zA-Z0-9._-]+):(.*)$/;

/** True for the address of an archive on a web server. */
export function isArchiveAddress(source: string): boolean {
  return /^https?:\/\//.test(source) && ENDINGS.some((ending) => source.endsWith(ending));
}

/** The name of a plugin's link, from the name of its archive: without ending and version. */
export function archivePluginName(source: string): string {
  const file = basename(source);
  const ending = ENDINGS.find((each) => file.endsWith(each)) ?? "";
  return file.slice(0, file.length - ending.length).replace(/(.*)-[0-9]+\..*/, "$1");
}

/**
 * The name of the folder in the cache that a source is kept in. Helm 2 has
 * tokens in it; here they are left out.
 */
export function cacheKey(source: string): string {
  const { scheme, user: shown, host, path } = sourceParts(maskAddress(source));
  const user = shown === MASK ? "" : shown;
  const isShort = SCP.test(source);
  const start = `${scheme === "" || isShort ? "" : `${scheme}-`}${user === "" ? "" : `${user}-`}${host}`;
  return `${start}${path}`.replaceAll(/[/\\:]/g, "-");
}

/** A source taken apart; what is missing is empty. */
export interface SourceParts {
  /** In small letters. */
  readonly scheme: string;
  /** Before the `@`, without a password. */
  readonly user: string;
  /** With its port. */
  readonly host: string;
  /** From the first slash on. */
  readonly path: string;
}

/** Takes an address, or the short form `git@host:path`, apart. */
export function sourceParts(source: string): SourceParts {
  const short = SCP.exec(source);
  if (short !== null) {
    return { scheme: "ssh", user: short[1] ?? "", host: short[2] ?? "", path: `/${short[3] ?? ""}` };
  }
  const [, scheme = "", authority = "", path = ""] = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)/.exec(
    source,
  ) ?? [];
  const at = authority.lastIndexOf("@");
  const user = at < 0 ? "" : authority.slice(0, at).replace(/:.*/, "");
  return { scheme: scheme.toLowerCase(), user, host: authority.slice(at + 1), path };
}
