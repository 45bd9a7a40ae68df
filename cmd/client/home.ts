/**
 * `home`: prints the folder of Helm's files.
 *
 * Source: Helm 2.17.0, `cmd/helm/home.go`.
 *
 * @module
 */
import { defineCommand } from "../_lib/command.ts";
import { DOCUMENT_FLAG, documentFormat, printDocument } from "../_lib/document.ts";
import { helmHome } from "../../app/home.ts";

/** `home`. */
export const command = defineCommand({
  usage: "",
  long: `
Prints HELM_HOME: the folder with the configuration of repositories, the cache,
plugins and starters.`,
  example: `  helm home
  ls "$(helm home)/starters"
  helm home --output json`,
  flags: DOCUMENT_FLAG,
  run: ({ print, globals, variables, flags }) => {
    const format = documentFormat(flags.output);
    const home = helmHome(globals.home, variables);
    if (format !== undefined) {
      printDocument(
        "Home",
        {
          home: home.folder,
          repository: home.path("repository"),
          repositoryFile: home.path("repository", "repositories.yaml"),
          cache: home.path("repository", "cache"),
          localRepository: home.path("repository", "local"),
          starters: home.path("starters"),
          plugins: home.path("plugins"),
        },
        format,
        print,
      );
      return Promise.resolve();
    }
    print.out(`${home.folder}\n`);
    if (globals.debug) {
      print.out(`Repository: ${home.path("repository")}\n`);
      print.out(`RepositoryFile: ${home.path("repository", "repositories.yaml")}\n`);
      print.out(`Cache: ${home.path("repository", "cache")}\n`);
      print.out(`Stable CacheIndex: ${home.path("repository", "cache", "stable-index.yaml")}\n`);
      print.out(`Starters: ${home.path("starters")}\n`);
      print.out(`LocalRepository: ${home.path("repository", "local")}\n`);
      print.out(`Plugins: ${home.path("plugins")}\n`);
    }
    return Promise.resolve();
  },
});
