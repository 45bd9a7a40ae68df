/**
 * `plan`: the group of commands that show what an operation would do.
 *
 * @module
 */
import type { CommandEntry } from "../_lib/command.ts";

/** The group. */
export const PLAN: CommandEntry = {
  name: "plan",
  own: true,
  summary: "Show what an operation would do, and why, without doing it",
  long: `
Shows what an operation would do: every object that changes, each field with its
reason, the hooks that run, and what could hurt. Changes nothing.

A plan takes the flags of its operation, so put the word 'plan' before it; only
'--confirm', '--dry-run' and what needs them are refused. The server predicts each
change by a dry run.

With '--plan-out' the plan is saved, and 'helm apply' does exactly what it shows, or
nothing if the release or the cluster have changed since.`,
  example: `  helm plan upgrade web ./web --set image.tag=v2
  helm plan install ./web --name web
  helm plan rollback web 2
  helm plan delete web
  helm plan show plan.json`,
  children: [
    { name: "show", summary: "Show a saved plan", load: () => import("./plan_show.ts") },
    {
      name: "install",
      summary: "Show what an install would do",
      opensCluster: true,
      load: () => import("./plan_install.ts"),
    },
    {
      name: "upgrade",
      summary: "Show what an upgrade would do",
      opensCluster: true,
      load: () => import("./plan_upgrade.ts"),
    },
    {
      name: "rollback",
      summary: "Show what a rollback would do",
      opensCluster: true,
      load: () => import("./plan_rollback.ts"),
    },
    {
      name: "delete",
      summary: "Show what a deletion would do",
      opensCluster: true,
      load: () => import("./plan_delete.ts"),
    },
  ],
};
