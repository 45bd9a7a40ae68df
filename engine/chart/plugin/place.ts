/**
 * Sources of plugins, and their places on disk.
 *
 * Source: Helm 2.17.0, `pkg/plugin/installer`, `pkg/plugin/cache`.
 *
 * @module
 */
import { basename } from "node:path";
import { MASK, maskAddress } from "../../base/mod.ts";

const ENDINGS = [".tar.gz", ".tgz"];
const SCP = /^([a-zA-Z0-9_]+)@([a-zA-Z0-9._-]+):(.*)$/;

/** True if the source is the address of an archive on a web server. */
export function isArchiveAddress(source: string): boolean {
  return /^https?:\/\//.test(source) && ENDINGS.some((ending) => source.endsWith(ending));
}

/** Returns the name of a plugin's link: the name of its archive without extension and version. */
export function archivePluginName(source: string): string {
  const file = basename(source);
  const ending = ENDINGS.find((each) => file.endsWith(each)) ?? "";
  return file.slice(0, file.length - ending.length).replace(/(.*)-[0-9]+\..*/, "$1");
}

/**
 * Returns the name of the cache folder for a source. In Helm 2 the name
 * contains tokens; here they are left out.
 */
export function cacheKey(source: string): string {
  const { scheme, user: shown, host, path } = sourceParts(maskAddress(source));
  const user = shown === MASK ? "" : shown;
  const isShort = SCP.test(source);
  const start = `${scheme === "" || isShort ? "" : `${scheme}-`}${user === "" ? "" : `${user}-`}${host}`;
  return `${start}${path}`.replaceAll(/[/\\:]/g, "-");
}

/** The parts of a source; missing ones are empty. */
export interface SourceParts {
  /** In lower case. */
  readonly scheme: string;
  /** User name before the `@`, without a password. */
  readonly user: string;
  /** Host with its port. */
  readonly host: string;
  /** Path, beginning with its first slash. */
  readonly path: string;
}

/** Returns the parts of an address, or of the short form `git@host:path`. */
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
