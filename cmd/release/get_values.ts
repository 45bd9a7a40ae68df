/**
 * `get values`: prints the values of a release.
 *
 * Source: Helm 2.17.0, `cmd/helm/get_values.go`.
 *
 * @module
 */
import { UsageError } from "../_lib/usage_error.ts";
import { coalesceValues, parseValues } from "../../engine/chart/values/mod.ts";
import { encodeJson, encodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { withEnvironment } from "../_lib/environment.ts";
import { requireRelease, TLS_FLAGS } from "../_lib/flags.ts";
import { logTo } from "../_lib/log.ts";
import { quote } from "../../engine/base/mod.ts";

/** `get values`. */
export const command = defineCommand({
  usage: "[flags] RELEASE_NAME",
  completes: { sources: ["release"] },
  long: `
Prints the values that the user gave to a release; '--all' prints all values that its
templates saw, including the chart's defaults.`,
  example: `  helm get values web
  helm get values web --all --output json`,
  flags: defineFlags({
    ...TLS_FLAGS,
    "all": { type: "bool", short: "a", usage: "Dump all (computed) values" },
    "output": {
      type: "string",
      complete: { words: ["json", "yaml"] },
      usage: "Output the specified format (json or yaml)",
      default: "yaml",
    },
    "revision": { type: "int32", complete: "revision", usage: "Get the named release with revision" },
  }),
  run: async (context) => {
    const { flags, args, print } = context;
    const name = requireRelease(args);
    const format = valuesFormat(flags.output);
    await withEnvironment(context, async ({ environment, operations }) => {
      const release = await operations.getRelease(environment, { name, revision: flags.revision });
      const values = flags.all
        ? allValues(release, logTo(print))
        : parseValues(release.config?.raw ?? "", "chartutil.Values");
      print.out(`${format === "json" ? encodeJson(values) : encodeYaml(values)}\n`);
    });
  },
});

function valuesFormat(text: string): "json" | "yaml" {
  if (text === "json") return text;
  if (text === "" || text === "yaml") return "yaml";
  throw new UsageError(`Unknown output format ${quote(text)}`, { type: "choice", text, choices: ["yaml", "json"] });
}

function allValues({ chart, config }: Release, warn: (text: string) => void): unknown {
  return chart === undefined
    ? parseValues(config?.raw ?? "", "chartutil.Values")
    : coalesceValues(chart, config?.raw, warn, "read");
}
