/**
 * The masks of what is sent: with one key for the life of the server.
 *
 * @module
 */
import { encodeYaml } from "../../engine/lang/yaml/mod.ts";
import { sameJson } from "../../engine/base/mod.ts";
import { parseValues } from "../../engine/chart/values/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";
import { maskReleases, type ReleaseMask } from "../../engine/release/mod.ts";
import type { ServerState } from "./call.ts";

/** Returns the masks for revisions of a release. */
export function maskOf(
  { masker }: Pick<ServerState, "masker">,
  releases: readonly Release[],
  live: readonly KubeObject[] = [],
): Promise<ReleaseMask> {
  return maskReleases(releases, masker, live);
}

/** Returns the YAML text of values without secrets. A text that holds none stays as it is, with its comments. */
export function maskedYaml(text: string, mask: ReleaseMask): string {
  if (text.trim() === "") return "";
  let values: unknown;
  try {
    values = parseValues(text, "chartutil.Values");
  } catch {
    // It may hold a secret in a place that is not known.
    return "# left out: not YAML\n";
  }
  const masked = mask.values(values);
  return sameJson(values, masked) && mask.text(text) === text ? text : encodeYaml(masked);
}
