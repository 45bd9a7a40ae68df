/**
 * The rights that operations need, as part of the library.
 *
 * @module
 */
import type { KubeObject, Right } from "../engine/kube/mod.ts";
import type { RightsPurpose, RolesOptions } from "../engine/release/mod.ts";
import { engineNames } from "./flag_names.ts";
import type { CallOptions, SkegRights } from "./skeg_options.ts";
import type { SkegSession } from "./skeg_session.ts";

/** Returns the part of the library about rights. */
export function skegRights(session: SkegSession): SkegRights {
  const rightsFor = async (given: CallOptions, purpose: RightsPurpose): Promise<Right[]> => {
    const { env, rightsFor } = await session.begin(given);
    return await rightsFor(env, purpose);
  };
  return {
    async install(chart, given = {}) {
      const prepared = await session.prepare(chart, given);
      const { cluster } = await session.begin(given);
      const place = { namespace: session.namespaceFor(given, cluster) };
      const options = { ...given, ...engineNames(given), ...prepared, ...place };
      return await rightsFor(given, { operation: "install", options });
    },
    async upgrade(name, chart, given = {}) {
      const prepared = await session.prepare(chart, given, given.conditionsFromStoredValues === true);
      const options = { ...given, ...engineNames(given), ...prepared, name };
      return await rightsFor(given, { operation: "upgrade", options });
    },
    rollback: (name, revision, given = {}) =>
      rightsFor(given, { operation: "rollback", options: { ...given, ...engineNames(given), name, revision } }),
    delete: (name, given = {}) =>
      rightsFor(given, { operation: "delete", options: { ...given, ...engineNames(given), name } }),
    test: (name, given = {}) => rightsFor(given, { operation: "test", options: { ...given, name } }),
    release: (name, given = {}) => rightsFor(given, { operation: "release", options: { name } }),
    records: (given = {}) => rightsFor(given, { operation: "records" }),
    async missing(rights, { subject, ...given } = {}) {
      const { cluster } = await session.begin(given);
      const { missingRights } = await import("../engine/kube/mod.ts");
      return await missingRights(cluster.transport, rights, { subject, signal: given.signal });
    },
  };
}

/** Returns Roles, a ClusterRole and bindings that grant rights, and nothing more. */
export async function rolesOf(rights: readonly Right[], options: RolesOptions): Promise<KubeObject[]> {
  return await (await import("../engine/release/mod.ts")).rolesOf(rights, options);
}
