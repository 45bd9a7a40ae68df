/**
 * Chooses the tag for a version or a range.
 *
 * Source: Helm 3, `pkg/downloader/chart_downloader.go`, `pkg/registry/client.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { compareVersions, parseConstraint, parseVersion, type Version } from "../../lang/semver/mod.ts";
import { type OciReference, shownReference, tagOf, versionOf } from "./reference.ts";
import type { OciRegistry } from "./registry.ts";

/** Matches a complete version, as opposed to a range. */
const EXACT = /^v?\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

/**
 * Returns the tag or the digest for a reference and a version.
 *
 * @param range A version or a range; empty: the newest release.
 * @throws SkegError of kind `usage` when the two contradict each other, `not-found` when no version matches.
 */
export async function chooseTag(reference: OciReference, range: string, registry: OciRegistry): Promise<string> {
  const { tag, digest, repository } = reference;
  if (digest !== "") return digest;
  if (tag !== "") {
    if (range === "" || tagOf(range) === tag) return tag;
    throw new SkegError("usage", `chart reference and version mismatch: ${range} is not ${versionOf(tag)}`);
  }
  if (EXACT.test(range)) return tagOf(range);
  const fits = range === "" ? (version: Version) => version.prerelease === "" : constraint(range);
  let best: { tag: string; version: Version } | undefined;
  for (const each of await registry.tags(repository)) {
    const version = read(versionOf(each));
    if (version === undefined || !fits(version)) continue;
    if (best === undefined || compareVersions(version, best.version) > 0) best = { tag: each, version };
  }
  if (best !== undefined) return best.tag;
  const what = range === "" ? "no released version" : `no version that matches ${JSON.stringify(range)}`;
  throw new SkegError("not-found", `${shownReference(reference)} has ${what}`, {
    hint: "Name a version with --version, or add :TAG to the address.",
  });
}

function constraint(range: string): (version: Version) => boolean {
  try {
    const parsed = parseConstraint(range);
    return (version) => parsed.check(version);
  } catch (cause) {
    throw new SkegError("usage", `invalid version/constraint format ${JSON.stringify(range)}`, { cause });
  }
}

function read(text: string): Version | undefined {
  try {
    return parseVersion(text);
  } catch {
    return undefined; // a tag such as `latest`
  }
}
