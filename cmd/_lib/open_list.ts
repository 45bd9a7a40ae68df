/**
 * Tells that others may read the passwords of repositories: Helm 2 makes its
 * list readable by everybody.
 *
 * @module
 */
import { hasSecrets, isOpenToOthers, type Repository } from "../../engine/chart/repo/mod.ts";
import type { Context } from "./command.ts";
import { helmHome } from "../../app/home.ts";
import { tellRisk } from "./log.ts";

/** Tells on standard error when the list holds secrets and others may read it. */
export async function tellOfOpenList(
  context: Pick<Context, "globals" | "variables" | "print">,
  repositories: readonly Repository[],
): Promise<void> {
  const home = helmHome(context.globals.home, context.variables);
  if (!repositories.some(hasSecrets) || !await isOpenToOthers(home.folder)) return;
  const path = home.path("repository", "repositories.yaml");
  tellRisk(context)(`others may read the passwords of your repositories. Make them private: chmod 600 ${path}`);
}
