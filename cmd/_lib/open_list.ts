/**
 * Warns that other users can read the passwords of repositories: Helm 2 creates its list readable by all
 * users.
 *
 * @module
 */
import { hasSecrets, isOpenToOthers, type Repository } from "../../engine/chart/repo/mod.ts";
import type { Context } from "./command.ts";
import { helmHome } from "../../app/home.ts";
import { tellRisk } from "./log.ts";

/** Prints a warning on standard error when the list holds secrets and other users can read it. */
export async function tellOfOpenList(
  context: Pick<Context, "globals" | "variables" | "print">,
  repositories: readonly Repository[],
): Promise<void> {
  const home = helmHome(context.globals.home, context.variables);
  if (!repositories.some(hasSecrets) || !await isOpenToOthers(home.folder)) return;
  const path = home.path("repository", "repositories.yaml");
  tellRisk(context)(
    `other users can read the passwords of your repositories. Make the list private: chmod 600 ${path}`,
  );
}
