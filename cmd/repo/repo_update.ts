/**
 * `repo update`: downloads current indexes.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_update.go`.
 *
 * @module
 */
import { callerOf } from "../_lib/caller.ts";
import { SkegError } from "../../errors.ts";
import { nearest, orList } from "../../engine/base/mod.ts";
import { loadRepositories, updateRepositories } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { tellNote } from "../_lib/log.ts";
import { programName } from "../_lib/program_name.ts";
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
that makes the command fail. Without it the command fails only when none of the
repositories could be reached (as helm, it does not fail then, either).`,
  example: `  helm repo update
  helm repo update stable --strict`,
  flags: defineFlags({ "strict": { type: "bool", usage: "Fail on update warnings" } }),
  run: async (context) => {
    const { args, flags, print, variables } = context;
    const options = fetchOptions(callerOf(context));
    const { repositories } = await loadRepositories(options.home);
    if (repositories.length === 0) {
      throw new SkegError("not-found", "no repositories found. You must add one before updating", {
        hint: "Type 'skeg repo add NAME URL'.",
      });
    }
    const [name] = args;
    const chosen = name === undefined ? repositories : repositories.filter((each) => each.name === name).slice(0, 1);
    if (chosen.length === 0) {
      const names = repositories.map((each) => each.name);
      const meant = nearest(name ?? "", names);
      throw new SkegError("not-found", "no repositories found matching the provided name. Verify if the repo exists", {
        hint: meant.length > 0 ? `Did you mean ${orList(meant)}?` : `Your list has ${names.join(", ")}.`,
      });
    }
    const failed = await updateRepositories(chosen, { ...options, report: (text) => say(print, text), skip: [LOCAL] });
    const asked = chosen.filter((each) => each.name !== LOCAL).length;
    // Helm 2 fails with --strict only. A script that goes on after an update of nothing installs old charts.
    const isNothing = programName(variables) === "skeg" && failed > 0 && failed === asked;
    if (failed > 0 && (flags.strict || isNothing)) {
      throw new SkegError("io", "Update Failed. Check log for details", {
        hint: "The lines above say which repository failed, and why. Its old index, if there is one, was kept.",
      });
    }
    if (failed > 0) {
      tellNote(print, `Note: ${failed} of ${asked} repositories could not be updated; --strict makes that an error.`);
    }
    print.out("Update Complete.\n");
  },
});
