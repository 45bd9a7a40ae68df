/**
 * `repo remove`: removes repositories from the user's list.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_remove.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { cachedIndexPath, dropRepository, removeIndex } from "../../engine/chart/repo/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { helmHome } from "../../app/home.ts";
import { quote } from "../../engine/base/mod.ts";

/** `repo remove`. */
export const command = defineCommand({
  usage: "[flags] [NAME]",
  completes: { sources: ["repository"], many: true },
  long: `
Removes chart repositories from your list, and their indexes from the cache.`,
  example: `  helm repo remove stable`,
  flags: {},
  run: async ({ args, globals, variables, print }) => {
    if (args.length === 0) throw new SkegError("usage", "need at least one argument, name of chart repository");
    const home = helmHome(globals.home, variables).folder;
    for (const name of args) {
      await dropRepository(home, name);
      await removeIndex(cachedIndexPath(home, name));
      print.out(`${quote(name)} has been removed from your repositories\n`);
    }
  },
});
