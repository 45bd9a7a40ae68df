/**
 * The rights that operations need, as part of the library.
 *
 * @module
 */
import type { Cluster, KubeObject, Right } from "../engine/kube/mod.ts";
import type { Environment, RightsPurpose, RolesOptions } from "../engine/release/mod.ts";
import type { Chart } from "../engine/model/mod.ts";
import { engineNames } from "./flag_names.ts";
import type { CallOptions, SkegInstallOptions, SkegRights, SkegUpgradeOptions } from "./skeg_options.ts";

/** The parts of the library that {@linkcode skegRights} uses. */
export interface RightsHost {
  /** Loads the operations and opens what they act on. */
  readonly begin: (given: CallOptions) => Promise<{ readonly env: Environment; readonly cluster: Cluster }>;
  /** Prepares a chart. */
  readonly prepare: (
    chart: string | Chart,
    given: SkegInstallOptions | SkegUpgradeOptions,
    allSubcharts?: boolean,
  ) => Promise<{ readonly chart: Chart; readonly config: string }>;
  /** The namespace that charts are installed into, if one was chosen. */
  readonly namespace: string | undefined;
}

/** Returns the part of the library about rights. */
export function skegRights({ begin, prepare, namespace }: RightsHost): SkegRights {
  const rightsFor = async (given: CallOptions, purpose: RightsPurpose): Promise<Right[]> => {
    const [{ env }, operations] = await Promise.all([begin(given), import("../engine/release/mod.ts")]);
    return await operations.rightsFor(env, purpose);
  };
  return {
    async install(chart, given = {}) {
      const prepared = await prepare(chart, given);
      const { cluster } = await begin(given);
      const place = { namespace: given.namespace ?? namespace ?? cluster.namespace };
      const options = { ...given, ...engineNames(given), ...prepared, ...place };
      return await rightsFor(given, { operation: "install", options });
    },
    async upgrade(name, chart, given = {}) {
      const prepared = await prepare(chart, given, given.conditionsFromStoredValues === true);
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
      const { cluster } = await begin(given);
      const { missingRights } = await import("../engine/kube/mod.ts");
      return await missingRights(cluster.transport, rights, { subject, signal: given.signal });
    },
  };
}

/** Returns Roles, a ClusterRole and bindings that grant rights, and nothing more. */
export async function rolesOf(rights: readonly Right[], options: RolesOptions): Promise<KubeObject[]> {
  return await (await import("../engine/release/mod.ts")).rolesOf(rights, options);
}
