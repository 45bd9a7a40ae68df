/**
 * A script as the caller of functions that commands use too.
 *
 * @module
 */
import { RECORDS_NAMESPACE } from "../engine/model/mod.ts";
import type { ReleaseEvent } from "../engine/release/mod.ts";
import type { CallOptions } from "./call_options.ts";
import type { Caller } from "./caller.ts";
import { defaultHome, helmHome } from "./home.ts";
import { processVariables } from "./variables.ts";

/**
 * Returns a script as the caller of functions that commands use too. Text that a command would print becomes
 * events.
 */
export function scriptCaller(
  home: string | undefined,
  { signal }: CallOptions,
  report: (event: ReleaseEvent) => void,
): Caller {
  const warn = (text: string): void => {
    for (const line of text.split("\n")) if (line !== "") report({ type: "warning", text: line });
  };
  return {
    home: helmHome(home ?? defaultHome(processVariables), processVariables).folder,
    variables: processVariables,
    signal,
    tell: { say: warn, warn: (text) => warn(`WARNING: ${text}`), log: warn, note: warn },
    downloader: async (scheme) => {
      const [{ pluginDownloader }, { runProgram }] = await Promise.all([
        import("./plugins.ts"),
        import("../engine/chart/plugin/mod.ts"),
      ]);
      const rights = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];
      return pluginDownloader(scheme, {
        home: home ?? defaultHome(processVariables),
        tillerHost: processVariables("HELM_HOST") ?? "",
        tillerNamespace: processVariables("TILLER_NAMESPACE") || RECORDS_NAMESPACE,
        debug: false,
        variables: processVariables,
        warn,
        run: runProgram,
        self: () => [Deno.execPath(), "run", "--no-prompt", ...rights, new URL("../main.ts", import.meta.url).href],
      });
    },
  };
}
