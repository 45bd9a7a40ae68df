/**
 * `repo list`: lists the user's repositories.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_list.go`.
 *
 * @module
 */
import { maskAddress } from "../../engine/base/mod.ts";
import { loadRepositories } from "../../engine/chart/repo/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { OUTPUT_FLAG, outputFormat } from "../_lib/flags.ts";
import { helmHome } from "../../app/home.ts";
import { tellOfOpenList } from "../_lib/open_list.ts";
import { tableFor } from "../_lib/screen_table.ts";
import { jsonText, yamlText } from "../_lib/text.ts";

/** `repo list`. */
export const command = defineCommand({
  usage: "[flags]",
  long: `
Lists your chart repositories in the order in which they are searched.`,
  example: `  helm repo list
  helm repo list --output json`,
  flags: OUTPUT_FLAG,
  run: async (context) => {
    const { flags, globals, variables, print } = context;
    const list = (await loadRepositories(helmHome(globals.home, variables).folder)).repositories;
    await tellOfOpenList(context, list);
    // Helm 2 shows passwords and tokens.
    const repositories = list.map(({ name, url }) => ({ name, url: maskAddress(url) }));
    const format = outputFormat(flags.output);
    if (format === "table") {
      print.out(`${tableFor(print, [["NAME", "URL"], ...repositories.map(({ name, url }) => [name, url])])}\n`);
      return;
    }
    const document = repositories.length === 0 ? null : repositories.map(({ name, url }) => ({ Name: name, URL: url }));
    print.out(format === "json" ? `${jsonText(document)}\n` : `${yamlText(document)}\n`);
  },
});
