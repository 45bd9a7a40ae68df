/**
 * `repair`: the group of commands that fix stored release records.
 *
 * @module
 */
import type { CommandEntry } from "../_lib/command.ts";

/** The group. Each repair is one line. */
export const REPAIR: CommandEntry = {
  name: "repair",
  own: true,
  takesSubjectFirst: true,
  summary: "Fix stored release records, with a backup and an undo",
  long: `
Fixes stored release records.

Each repair first shows what it would write, and writes nothing. With '--yes' it
makes a backup of all records of the release, reads the backup again, and then
writes. 'helm repair undo' restores a backup.

All releases of a storage namespace are repaired by a plan: '--all --plan FILE' saves
the preview, and '--apply FILE' performs it, unless records were changed since.`,
  example: `  helm repair settle web --as failed
  helm repair settle web --as failed --yes
  helm repair slim --all --plan slim.json
  helm repair slim --apply slim.json
  helm repair undo ~/.helm/backups/6f0c1f6e-8a52-4a7e-a4f0-0d2b7e1a9c55/web-20260131T120000Z.tar.gz`,
  children: [
    {
      name: "settle",
      summary: "End an interrupted operation: mark its revision FAILED or DEPLOYED",
      opensCluster: true,
      load: () => import("./repair_settle.ts"),
    },
    {
      name: "dedupe",
      summary: "Leave one DEPLOYED revision where there are several",
      opensCluster: true,
      load: () => import("./repair_dedupe.ts"),
    },
    {
      name: "promote",
      summary: "Mark a revision DEPLOYED where there is none",
      opensCluster: true,
      load: () => import("./repair_promote.ts"),
    },
    {
      name: "relabel",
      summary: "Make the labels of records and their content agree",
      opensCluster: true,
      load: () => import("./repair_relabel.ts"),
    },
    {
      name: "salvage",
      summary: "Write a damaged record anew, from what can be read of it",
      opensCluster: true,
      load: () => import("./repair_salvage.ts"),
    },
    {
      name: "quarantine",
      summary: "Take records that cannot be decoded out of the history",
      opensCluster: true,
      load: () => import("./repair_quarantine.ts"),
    },
    {
      name: "reapply",
      summary: "Create what is missing of a release, by a rollback to its DEPLOYED revision",
      opensCluster: true,
      load: () => import("./repair_reapply.ts"),
    },
    {
      name: "disown",
      summary: "Remove an object from a release that another release owns, too",
      opensCluster: true,
      load: () => import("./repair_disown.ts"),
    },
    {
      name: "prune",
      summary: "Delete the oldest revisions of a release",
      opensCluster: true,
      load: () => import("./repair_prune.ts"),
    },
    {
      name: "slim",
      summary: "Remove the chart's files from old revisions",
      opensCluster: true,
      load: () => import("./repair_slim.ts"),
    },
    {
      name: "forget",
      summary: "Delete the records of a release, and none of its objects",
      opensCluster: true,
      load: () => import("./repair_forget.ts"),
    },
    {
      name: "finish-delete",
      summary: "Delete what an interrupted deletion has left of a release",
      opensCluster: true,
      load: () => import("./repair_finish_delete.ts"),
    },
    {
      name: "cleanup-failed",
      summary: "Delete objects that only failed revisions have made",
      opensCluster: true,
      load: () => import("./repair_cleanup_failed.ts"),
    },
    {
      name: "clean-hooks",
      summary: "Delete finished Jobs and Pods of hooks and tests",
      opensCluster: true,
      load: () => import("./repair_clean_hooks.ts"),
    },
    {
      name: "delete-orphans",
      summary: "Delete named objects of a release that has no record",
      opensCluster: true,
      load: () => import("./repair_delete_orphans.ts"),
    },
    {
      name: "sql-bookkeeping",
      summary: "Make a database usable for Tiller again, after a run of Helm 3",
      opensCluster: true,
      load: () => import("./repair_sql_bookkeeping.ts"),
    },
    {
      name: "map-apis",
      summary: "Map removed Kubernetes API versions in stored manifests",
      opensCluster: true,
      load: () => import("./repair_map_apis.ts"),
    },
    {
      name: "undo",
      summary: "Restore the records that a repair wrote",
      opensCluster: true,
      load: () => import("./repair_undo.ts"),
    },
  ],
};
