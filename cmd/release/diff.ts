/**
 * `diff`: the group of commands that compare.
 *
 * @module
 */
import type { CommandEntry } from "../_lib/command.ts";

/** The group. */
export const DIFF: CommandEntry = {
  name: "diff",
  own: true,
  summary: "Compare revisions, releases and the cluster, with the reason for every difference",
  long: `
Compares, and changes nothing.

Each differing field is one line, with its reason: the chart's template line, a value,
or the release itself. Items of lists are matched by their names. Secrets are masked
by their length and a digest, so that equal ones can be told from different ones.

The flags that the helm-diff plugin had for Helm 2 work.`,
  example: `  helm diff upgrade web ./web --set image.tag=v2
  helm diff live web
  helm diff revision web 4 5
  helm diff revision web 4 --output json
  helm diff release web-staging web-production`,
  children: [
    {
      name: "upgrade",
      summary: "Show what an upgrade would change",
      opensCluster: true,
      load: () => import("./diff_upgrade.ts"),
    },
    {
      name: "rollback",
      summary: "Show what a rollback would change",
      opensCluster: true,
      load: () => import("./diff_rollback.ts"),
    },
    {
      name: "live",
      summary: "Compare a release with the cluster",
      opensCluster: true,
      load: () => import("./diff_live.ts"),
    },
    {
      name: "revision",
      summary: "Compare two revisions of a release",
      opensCluster: true,
      load: () => import("./diff_revision.ts"),
    },
    {
      name: "release",
      summary: "Compare two releases",
      opensCluster: true,
      load: () => import("./diff_release.ts"),
    },
  ],
};
