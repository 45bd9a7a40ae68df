/**
 * `repo remove`: removes repositories from the user's list.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_remove.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { cachedIndexPath, dropRepository, loadRepositories, removeIndex } from "../../engine/chart/repo/mod.ts";
import { defineCommand } from "../_lib/command.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { helmHome } from "../../app/home.ts";
import { nearest, orList, quote } from "../../engine/base/mod.ts";

/** `repo remove`. */
export const command = defineCommand({
  usage: "[flags] [NAME]",
  completes: { sources: ["repository"], many: true },
  long: `
Removes chart repositories from your list, and their indexes from the cache.`,
  example: `  helm repo remove stable`,
  flags: {},
  run: async ({ args, globals, variables, print }) => {
    if (args.length === 0) {
      throw new UsageError("need at least one argument, name of chart repository", {
        type: "arguments",
        wanted: ["name"],
        given: args,
      });
    }
    const home = helmHome(globals.home, variables).folder;
    for (const name of args) {
      await dropRepository(home, name).catch(async (error) => {
        throw error instanceof SkegError ? await withNames(error, name, home) : error;
      });
      await removeIndex(cachedIndexPath(home, name));
      print.out(`${quote(name)} has been removed from your repositories\n`);
    }
  },
});

/** Returns the error with the names that were meant. */
async function withNames(error: SkegError, name: string, home: string): Promise<SkegError> {
  const { repositories } = await loadRepositories(home);
  const names = repositories.map((repository) => repository.name);
  const meant = nearest(name, names);
  const hint = meant.length > 0
    ? `Did you mean ${orList(meant)}?`
    : `Your list has ${names.join(", ") || "no repositories"}.`;
  return new SkegError(error.kind, error.message, { cause: error, hint: error.hint ?? hint });
}
