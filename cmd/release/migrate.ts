/**
 * `migrate`: the group of commands that move releases and settings to another program.
 *
 * @module
 */
import type { CommandEntry } from "../_lib/command.ts";

/** The group. */
export const MIGRATE: CommandEntry = {
  name: "migrate",
  own: true,
  summary: "Move to Helm 3",
  long: `
Moves from Helm 2 to Helm 3 and 4. Nothing is changed without '--yes'.`,
  example: `  helm migrate helm3 config
  helm migrate helm3 config --yes`,
  children: [
    {
      name: "helm3",
      summary: "Move to Helm 3 and 4",
      long: `
Moves from Helm 2 to Helm 3 and 4. Nothing is changed without '--yes'.`,
      example: `  helm migrate helm3 config
  helm migrate helm3 config --yes`,
      children: [
        {
          name: "config",
          summary: "Copy the list of repositories to Helm 3, and list plugins that need Tiller",
          load: () => import("../client/migrate_helm3_config.ts"),
        },
      ],
    },
  ],
};
