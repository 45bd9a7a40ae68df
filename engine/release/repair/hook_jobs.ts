/**
 * Finds a Job of a release's hooks that is running.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject, Release } from "../../model/mod.ts";
import { call } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { decodeText } from "./map_document.ts";

/** Returns the name of a Job that one of the release's hooks made and that has active pods; `undefined` when there is none. */
export async function activeHookJob(env: Environment, { hooks, namespace }: Release): Promise<string | undefined> {
  for (const hook of hooks) {
    if (hook.kind !== "Job" || hook.name === "") continue;
    const place = namespaceOf(hook.manifest) ?? (namespace || "default");
    const path = `/apis/batch/v1/namespaces/${encodeURIComponent(place)}/jobs/${encodeURIComponent(hook.name)}`;
    const job = await read(env, path) as { status?: { active?: number } } | undefined;
    if ((job?.status?.active ?? 0) > 0) return hook.name;
  }
  return undefined;
}

/** A Job that may not be read counts as one that does not run; a warning says so. */
async function read(env: Environment, path: string): Promise<unknown> {
  const { signal } = callOptions(env);
  try {
    return await call(env.kube.cluster.transport, { method: "GET", path, signal });
  } catch (error) {
    if (!(error instanceof KubeError) || ![401, 403, 404].includes(error.status)) throw error;
    if (error.status !== 404) {
      env.report({ type: "warning", text: `cannot tell if a hook of the release is running: ${error.message}` });
    }
    return undefined;
  }
}

function namespaceOf(manifest: string): string | undefined {
  try {
    const data = decodeText(manifest);
    return typeof data === "object" && data !== null ? (data as KubeObject).metadata?.namespace : undefined;
  } catch {
    return undefined;
  }
}
