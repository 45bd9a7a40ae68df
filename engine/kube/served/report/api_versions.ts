/**
 * `.Capabilities.APIVersions` of a release of Kubernetes.
 *
 * @module
 */
import { entryOf, FAMILIES, type Member } from "../table.ts";
import { isBefore, judgeOf } from "./judge.ts";

/** From this release on, new beta versions are disabled by default, as alpha versions always were. */
const BETA_OFF_SINCE = "1.24";

/**
 * Returns the group versions and kinds that a server of a release has by default, according to the table:
 * `base` without removed and disabled ones, and with new ones.
 *
 * @param base Names of another release: `v1`, `apps/v1`, `apps/v1/Deployment`. Names that the table does not
 * know stay.
 * @param kubeVersion Such as `1.25`.
 * @throws SkegError of kind `usage` when that is not a version of Kubernetes.
 */
export function apiVersionsOf(base: ReadonlySet<string>, kubeVersion: string): Set<string> {
  const { isServed } = judgeOf({ kubeVersion });
  const known = new Set<string>(); // group versions of the table
  const served = new Set<string>();
  for (const { kind, members } of FAMILIES) {
    for (const member of members) {
      known.add(member.apiVersion);
      if (isServed(member.apiVersion, kind) && !isOff(member)) {
        served.add(member.apiVersion).add(`${member.apiVersion}/${kind}`);
      }
    }
  }
  const stays = (name: string): boolean => {
    const slash = name.lastIndexOf("/");
    const apiVersion = known.has(name) ? name : name.slice(0, Math.max(0, slash));
    if (!known.has(apiVersion)) return true;
    if (!served.has(apiVersion)) return false;
    const kind = name.slice(slash + 1).replace(/List$/, "");
    return name === apiVersion || entryOf(apiVersion, kind) === undefined || served.has(`${apiVersion}/${kind}`);
  };
  return new Set([...base].filter(stays).concat(...served));
}

/** True for versions that are disabled by default. */
function isOff({ apiVersion, introduced, alpha }: Member): boolean {
  return alpha === true || /beta\d*$/.test(apiVersion) && !isBefore(introduced, BETA_OFF_SINCE);
}
