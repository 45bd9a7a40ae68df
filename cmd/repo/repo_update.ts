/**
 * `repo update`: downloads current indexes.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_update.go`.
 *
 * @module
 */
import { callerOf } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import { loadRepositories, updateRepositories } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { fetchOptions } from "../../app/fetching.ts";
import { say } from "../_lib/print.ts";

/** Name of the repository that this machine serves. */
const LOCAL = "local";

/** `repo update`. */
export const command = defineCommand({
  usage: "[REPO_NAME] [flags]",
  completes: { sources: ["repository"] },
  long: `
Downloads the indexes of your chart repositories, all at the same time, or of the
one that is named. 'helm search' and all references such as stable/web read what
was downloaded last.

A repository that cannot be reached keeps its old index; with '--strict'
that makes the command fail.`,
  example: `  helm repo update
  helm repo update stable --strict`,
  flags: defineFlags({ "strict": { type: "bool", usage: "Fail on update warnings" } }),
  run: async (context) => {
    const { args, flags, print } = context;
    const options = fetchOptions(callerOf(context));
    const { repositories } = await loadRepositories(options.home);
    if (repositories.length === 0) {
      throw new SkegError("not-found", "no repositories found. You must add one before updating");
    }
    const [name] = args;
    const chosen = name === undefined ? repositories : repositories.filter((each) => each.name === name).slice(0, 1);
    if (chosen.length === 0) {
      throw new SkegError("not-found", "no repositories found matching the provided name. Verify if the repo exists");
    }
    const failed = await updateRepositories(chosen, { ...options, report: (text) => say(print, text), skip: [LOCAL] });
    if (failed > 0 && flags.strict) throw new SkegError("io", "Update Failed. Check log for details");
    print.out("Update Complete.\n");
  },
});
