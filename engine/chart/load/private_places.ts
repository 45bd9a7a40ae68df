/**
 * Private places that links of a chart must not lead to.
 *
 * Helm 2 follows links out of a chart's folder. Charts in the same repository share files that way, so links must keep
 * working. But a chart from another source could contain a link to a key or a token, and `package` or a template would
 * publish its content.
 *
 * @module
 */
import { homedir } from "node:os";
import { isAbsolute, relative, sep } from "node:path";

/** Folders in which Unix systems keep settings, devices, processes, and the tokens of containers. */
const SYSTEM = ["/etc", "/proc", "/sys", "/dev", "/run", "/var/run", "/private/etc", "/private/var/run"];

/**
 * Returns a description of why a path outside of a chart's folder is private; `undefined` when it is not private.
 *
 * Hidden files and folders of the user (`~/.ssh`, `~/.netrc`) and system folders are private, unless the chart itself
 * is inside them.
 *
 * @param root Real path of the chart's folder.
 * @param path Real path of a link's target.
 * @param home The user's folder.
 */
export function privacyOf(root: string, path: string, home: string = homedir()): string | undefined {
  const hidden = home === "" ? undefined : hiddenPart(home, path);
  if (hidden !== undefined && hidden !== hiddenPart(home, root)) return "a hidden file or folder of the user";
  if (SYSTEM.some((folder) => isBelow(folder, path) && !isBelow(folder, root))) return "a folder of the system";
  return undefined;
}

/** Returns the first part of a path below `home` when it begins with a dot. */
function hiddenPart(home: string, path: string): string | undefined {
  if (!isBelow(home, path)) return undefined;
  const [first = ""] = relative(home, path).split(sep);
  return first.startsWith(".") ? first : undefined;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
