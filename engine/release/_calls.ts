/** Options that every call to the cluster or the driver gets. */
import type { KubeCallOptions } from "../kube/mod.ts";
import type { DriverOptions } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";

/** For calls of the kube client: they can be ended, and tell what they do. */
export function callOptions(env: Environment): KubeCallOptions {
  return { signal: env.signal, report: (progress) => env.report({ type: "object", progress }) };
}

/** For calls of the driver. */
export function recordOptions(env: Environment): DriverOptions {
  return { signal: env.signal };
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
