/**
 * Checks names of files and folders that come from charts, archives and indexes.
 *
 * @module
 */

/** Maximal bytes of a name on common file systems. */
const NAME_BYTES_MAX = 255;

/** Device names that Windows reserves in every folder, with any extension. */
const DEVICE = /^(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?$/i;

/**
 * Returns the reason why a name from a chart, an archive or an index is refused for a file or a folder; `undefined`
 * when it is allowed.
 *
 * The answer is the same on every system: a chart that can be unpacked here can be unpacked everywhere. Names that
 * begin with a dot are refused because programs run the content of `.git`, `.bashrc` and similar files.
 *
 * @param name One part of a path.
 *
 * @example
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * equal(nameProblem("web-1.2.3.tgz"), undefined);
 * equal(nameProblem(".git"), "it begins with a dot");
 * equal(nameProblem("../web"), "it contains a path separator");
 * ```
 */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "it is empty";
  if (/[/\\:]/.test(name)) return "it contains a path separator";
  if (name.startsWith(".")) return "it begins with a dot";
  if (/[\p{Cc}\u2028\u2029]/u.test(name)) return "it holds a control character";
  if (!name.isWellFormed()) return "it is not UTF-8";
  if (/[. ]$/.test(name)) return "it ends in a dot or a blank, which Windows cuts off";
  if (DEVICE.test(name)) return "it is the name of a device on Windows";
  if (new TextEncoder().encode(name).length > NAME_BYTES_MAX) return `it is longer than ${NAME_BYTES_MAX} bytes`;
  return undefined;
}
