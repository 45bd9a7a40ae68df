/**
 * `sandbox reset`: deletes the sandbox's state.
 *
 * @module
 */
import { resetSandbox, sandboxFile } from "../../engine/sandbox/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { UsageError } from "../_lib/usage_error.ts";

/** `sandbox reset`. */
export const command = defineCommand({
  usage: "",
  long: `
Removes the sandbox's state. The next command with '--sandbox' starts with an
empty cluster.`,
  example: `  helm sandbox reset
  helm sandbox reset --sandbox=state.db`,
  flags: {},
  run: async ({ globals, print, variables, args }) => {
    if (args.length > 0) {
      throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
    }
    const names = ["HOME", "USERPROFILE", "LOCALAPPDATA", "XDG_STATE_HOME"];
    const env = Object.fromEntries(names.map((name) => [name, variables(name)]));
    const named = globals.sandbox;
    const file = ["", "default", "true"].includes(named) ? sandboxFile(env) : named;
    if (file !== ":memory:") await resetSandbox(file);
    print.out(`The sandbox is empty: ${file}\n`);
  },
});
