/**
 * The roles that a migration needs, for `--print-role`.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { rolesOf, type RoleSubject } from "../rights/roles.ts";
import type { MigrateOptions } from "./migrate_types.ts";
import { migrationNames } from "./migration_names.ts";
import { prepareMigration } from "./prepare.ts";
import { migrationRights } from "./rights.ts";
import { sharedFacts } from "./shared_facts.ts";
import { type Helm3Options, migrationTools } from "./tools.ts";

/** Options of {@linkcode migrationRoles}. */
export interface MigrationRolesOptions extends MigrateOptions, Helm3Options {
  /** Name of all objects; default `skeg-migrate-helm3`. */
  readonly roleName?: string | undefined;
  /** If given, bindings to this subject follow the roles. */
  readonly subject?: RoleSubject | undefined;
}

/** Returns the roles with the rights that the migration of releases, `back` and `finish` need. */
export async function migrationRoles(env: Environment, options: MigrationRolesOptions): Promise<KubeObject[]> {
  const names = await migrationNames(env, options);
  const { store, place } = await migrationTools(env, { ...options, predict: undefined });
  const shared = sharedFacts(env, names.length === 1 ? names[0] : undefined);
  const namespaces = new Set<string>();
  const objects = [];
  for (const name of names) {
    const { plan, adoption } = await prepareMigration(env, { store, place }, shared, name, options);
    if (plan.skipped !== undefined || plan.namespace === "" || options.namespaces?.includes(plan.namespace) === false) {
      continue;
    }
    namespaces.add(plan.namespace);
    objects.push(...adoption.map(({ info }) => info));
  }
  const rights = migrationRights(env, { store, place, namespaces: [...namespaces], objects, changesRecords: true });
  return rolesOf(rights, { name: options.roleName ?? "skeg-migrate-helm3", subject: options.subject });
}
