/**
 * A state file that `--sandbox` names and that does not exist. For a command that only reads it is probably a typing
 * mistake. Loaded only for a named sandbox.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { SkegError } from "../../errors.ts";
import type { Context } from "./command.ts";
import { tellNote } from "./log.ts";

/**
 * Tells of a state file that is new: on a terminal at once. Returns a function that tells it in a log, after the work: the
 * error of a command that fails stays the first line there.
 *
 * @throws SkegError of kind `not-found` when its folder does not exist.
 */
export async function noteNewSandbox(
  { globals: { sandbox }, print }: Pick<Context, "globals" | "print">,
): Promise<() => void> {
  const exists = (path: string) => stat(path).then(() => true, () => false);
  if (await exists(sandbox)) return () => {};
  const folder = dirname(resolve(sandbox));
  if (!await exists(folder)) {
    throw new SkegError("not-found", `no such folder: ${folder}`, {
      hint: `--sandbox=${sandbox} names a file in it; commands that change something, such as install, make the folder`,
    });
  }
  const tell = () => tellNote(print, `Note: new sandbox: ${sandbox}`);
  if (!print.watched) return tell;
  tell();
  return () => {};
}
