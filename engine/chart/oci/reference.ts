/**
 * Names of charts in registries: `oci://HOST[:PORT]/PATH/NAME[:TAG|@DIGEST]`.
 *
 * Source: the distribution specification, and Helm 3, `pkg/registry/reference.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";

/** A parsed `oci://` address. */
export interface OciReference {
  /** Host, with the port when there is one. */
  readonly host: string;
  /** Path below the host, such as `team/charts/web`. */
  readonly repository: string;
  /** Empty when none is given. */
  readonly tag: string;
  /** Digest, such as `sha256:…`; empty when none is given. */
  readonly digest: string;
}

const SCHEME = "oci://";
const HOST = /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::[0-9]{1,5})?$/;
const PART = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** True if the text is an address of a chart in a registry (`oci://…`). */
export function isOciReference(text: string): boolean {
  return text.startsWith(SCHEME);
}

/**
 * Parses an `oci://` address.
 *
 * @throws SkegError of kind `usage` that says which part is wrong.
 */
export function parseOciReference(text: string): OciReference {
  const refuse = (why: string): SkegError =>
    new SkegError("usage", `invalid chart reference ${JSON.stringify(text)}: ${why}`, {
      hint: "Write it as oci://HOST/PATH/NAME, with :TAG at the end if you want one.",
    });
  if (!isOciReference(text)) throw refuse(`it does not begin with ${SCHEME}`);
  const rest = text.slice(SCHEME.length);
  const slash = rest.indexOf("/");
  const host = slash < 0 ? rest : rest.slice(0, slash);
  if (!HOST.test(host)) throw refuse(host === "" ? "it has no host" : "its host is not valid");
  const [, repository = "", tag = "", digest = ""] =
    /^([^:@]*)(?::([^@]*))?(?:@(.*))?$/.exec(slash < 0 ? "" : rest.slice(slash + 1)) ?? [];
  if (repository === "" || !repository.split("/").every((part) => PART.test(part))) {
    throw refuse("paths and names consist of lower case letters, digits and single '.', '_' or '-' between them");
  }
  if (repository.length > 255) throw refuse("it is longer than 255 characters");
  if (tag !== "" && !TAG.test(tag)) throw refuse(`${JSON.stringify(tag)} is not a tag`);
  if (digest !== "" && !DIGEST.test(digest)) throw refuse(`${JSON.stringify(digest)} is not a sha256 digest`);
  if (/[:@]$/.test(rest)) throw refuse("it ends in the middle");
  return { host, repository, tag, digest };
}

/** Returns the tag for a chart's version. Tags cannot contain `+`, so `_` replaces it, as in Helm 3. */
export function tagOf(version: string): string {
  return version.replaceAll("+", "_");
}

/** Returns the version for a tag. */
export function versionOf(tag: string): string {
  return tag.replaceAll("_", "+");
}

/** Returns a reference for messages: host, path, and tag or digest. */
export function shownReference({ host, repository, tag, digest }: OciReference): string {
  return `${host}/${repository}${tag === "" ? "" : `:${tag}`}${digest === "" ? "" : `@${digest}`}`;
}
