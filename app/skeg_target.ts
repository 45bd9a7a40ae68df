/**
 * Opens the cluster or the sandbox of `createSkeg`.
 *
 * @module
 */
import type { Cluster } from "../engine/kube/mod.ts";
import type { Environment } from "../engine/release/mod.ts";
import type { SkegOptions } from "./skeg_options.ts";
import { processVariables } from "./variables.ts";

/** An open cluster and what operations act on. */
export interface SkegTarget {
  readonly cluster: Cluster;
  readonly environment: Environment;
}

/** Opens the cluster or the sandbox that the options name, and the storage of records. */
export async function openSkegTarget(options: SkegOptions): Promise<SkegTarget> {
  const { environmentOf, openTarget } = await import("./open_target.ts");
  const { storage = "configmap" } = options;
  const own = typeof storage === "string" ? undefined : storage;
  const warn = (text: string): void => options.onEvent?.({ type: "warning", text });
  const opened = await openTarget({ ...options, warn });
  const { onRequest } = options;
  const cluster = onRequest === undefined
    ? opened
    : { ...opened, transport: (await import("./observed.ts")).observed(opened.transport, onRequest) };
  const environment = await environmentOf(cluster, {
    storage: typeof storage === "string" ? storage : "memory",
    tillerNamespace: options.tillerNamespace ?? "",
    sql: {
      connectionString: options.sqlConnectionString ?? processVariables("SKEG_SQL_CONNECTION_STRING") ?? "",
      createSchema: options.sqlCreateSchema,
      variables: processVariables,
    },
    historyMax: options.historyMax ?? 0,
    clock: options.clock,
    random: options.random,
    lease: options.lease ?? options.sandbox !== ":memory:",
    ignoreHelm3: options.ignoreHelm3,
    report: () => {}, // every operation says who is told
  });
  return { cluster, environment: own === undefined ? environment : { ...environment, driver: own } };
}
