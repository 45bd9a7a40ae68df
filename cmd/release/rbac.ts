/**
 * `rbac`: the group of commands that print the rights which operations need.
 *
 * @module
 */
import type { CommandEntry } from "../_lib/command.ts";

/** The group. */
export const RBAC: CommandEntry = {
  name: "rbac",
  own: true,
  summary: "Print or check the rights that an operation needs",
  opensCluster: true,
  load: () => import("./rbac_release.ts"),
  children: [
    {
      name: "install",
      summary: "Print or check the rights that an install needs",
      opensCluster: true,
      load: () => import("./rbac_install.ts"),
    },
    {
      name: "upgrade",
      summary: "Print or check the rights that an upgrade needs",
      opensCluster: true,
      load: () => import("./rbac_upgrade.ts"),
    },
    {
      name: "rollback",
      summary: "Print or check the rights that a rollback needs",
      opensCluster: true,
      load: () => import("./rbac_rollback.ts"),
    },
    {
      name: "delete",
      summary: "Print or check the rights that a deletion needs",
      opensCluster: true,
      load: () => import("./rbac_delete.ts"),
    },
    {
      name: "test",
      summary: "Print or check the rights that the tests of a release need",
      opensCluster: true,
      load: () => import("./rbac_test_release.ts"),
    },
  ],
};
