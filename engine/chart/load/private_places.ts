/**
 * Places that a chart has no business to read, whatever its links say.
 *
 * Helm 2 follows links out of a chart's folder. Charts of one repository share files that way, so that has to go on.
 * But a chart that comes from elsewhere could bring a link to a key or a token, and `package` or a template would give
 * its content away.
 *
 * @module
 */
import { homedir } from "node:os";
import { isAbsolute, relative, sep } from "node:path";

/** Where Unix systems keep settings, devices, processes, and the tokens of containers. */
const SYSTEM = ["/etc", "/proc", "/sys", "/dev", "/run", "/var/run", "/private/etc", "/private/var/run"];

/**
 * Says what is private about a path outside of a chart's folder; `undefined` when nothing is.
 *
 * Private are hidden files and folders of the user (`~/.ssh`, `~/.netrc`) and folders of the system, unless the chart
 * itself lies there.
 *
 * @param root The chart's folder, with no links in its path.
 * @param path What a link leads to, with no links in its path.
 * @param home The user's folder.
 */
export function privacyOf(root: string, path: string, home: string = homedir()): string | undefined {
  const hidden = home === "" ? undefined : hiddenPart(home, path);
  if (hidden !== undefined && hidden !== hiddenPart(home, root)) return "a hidden file or folder of the user";
  if (SYSTEM.some((folder) => isBelow(folder, path) && !isBelow(folder, root))) return "a folder of the system";
  return undefined;
}

/** The first part of a path below `home` when it begins with a dot. */
function hiddenPart(home: string, path: string): string | undefined {
  if (!isBelow(home, path)) return undefined;
  const [first = ""] = relative(home, path).split(sep);
  return first.startsWith(".") ? first : undefined;
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}
