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
  summary: "Fix stored release records, with a backup and an undo",
  long: `
Fixes stored release records.

Each repair first shows what it would write, and writes nothing. With '--yes' it
makes a backup of all records of the release, reads the backup again, and then
writes. 'helm repair undo' restores a backup.`,
  example: `  helm repair map-apis web
  helm repair map-apis web --yes
  helm repair undo ~/.helm/backups/6f0c1f6e-8a52-4a7e-a4f0-0d2b7e1a9c55/web-20260131T120000Z.tar.gz`,
  children: [
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
