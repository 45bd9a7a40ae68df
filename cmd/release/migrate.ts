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
  example: `  helm migrate helm3 web
  helm migrate helm3 web --yes`,
  children: [
    {
      name: "helm3",
      summary: "Move releases to Helm 3 and 4",
      opensCluster: true,
      load: () => import("./migrate_helm3.ts"),
      children: [
        {
          name: "config",
          summary: "Copy the list of repositories to Helm 3, and list plugins that need Tiller",
          load: () => import("../client/migrate_helm3_config.ts"),
        },
        {
          name: "verify",
          summary: "Compare migrated releases with what Helm 3 has of them",
          opensCluster: true,
          load: () => import("./migrate_helm3_verify.ts"),
        },
        {
          name: "back",
          summary: "Give migrated releases back to Helm 2",
          opensCluster: true,
          load: () => import("./migrate_helm3_back.ts"),
        },
        {
          name: "finish",
          summary: "Remove Helm 2's records of migrated releases",
          opensCluster: true,
          load: () => import("./migrate_helm3_finish.ts"),
        },
      ],
    },
  ],
};
