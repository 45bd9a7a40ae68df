/**
 * Values of commands that render without a cluster.
 *
 * @module
 */
import { networkVariables } from "../../app/variables.ts";
import { mergeConfig } from "../../engine/chart/values/mod.ts";
import type { ValuesFlags } from "./caller.ts";
import type { Context } from "./command.ts";

/** Returns the YAML text of the user's values. Files are local, or standard input; no plugin fetches any. */
export async function configOfFlags(
  flags: ValuesFlags,
  { readStdin, signal, variables }: Pick<Context, "readStdin" | "signal" | "variables">,
): Promise<string> {
  return await mergeConfig({
    files: flags.values,
    set: flags.set,
    setString: flags["set-string"],
    setFile: flags["set-file"],
    readStdin,
    signal,
    variables: networkVariables(variables),
  });
}
