/**
 * The rights that hooks need: to create their objects, to wait for them, and to delete them.
 *
 * @module
 */
import type { Hook, HookEvent, Release } from "../../model/mod.ts";
import { KubeManifest, type ResourceInfo } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { hooksFor } from "../hooks.ts";
import type { Needs } from "./needs.ts";
import { type DefinedKinds, resolveSoon } from "./resources.ts";

/** Adds what the hooks of one event need when all of them succeed. */
export async function addHooks(
  env: Environment,
  needs: Needs,
  { hooks, namespace }: Pick<Release, "hooks" | "namespace">,
  event: HookEvent,
  defined: DefinedKinds,
): Promise<readonly ResourceInfo[]> {
  const all: ResourceInfo[] = [];
  for (const hook of hooksFor(hooks, event)) {
    const infos = await resolveSoon(env, namespace, new KubeManifest(hook.manifest), defined);
    const existing = await liveOf(env, hook, infos);
    needs.namespace(namespace);
    for (const info of infos) addHook(needs, hook, info, { event, exists: existing.has(info) });
    all.push(...infos);
  }
  return all;
}

/** Returns the objects that are there before the hook runs, of a hook that deletes them first. */
async function liveOf(env: Environment, hook: Hook, infos: readonly ResourceInfo[]): Promise<ReadonlySet<unknown>> {
  if (!hook.deletePolicies.includes("before-hook-creation")) return new Set();
  const found = await env.kube.findExisting(infos, { ...callOptions(env), withUnread: true });
  return new Set(found.map(({ info }) => info));
}

function addHook(
  needs: Needs,
  hook: Hook,
  info: ResourceInfo,
  { event, exists }: { readonly event: HookEvent; readonly exists: boolean },
): void {
  const { deletePolicies, deleteTimeoutSeconds } = hook;
  /** A deletion is waited for by reading the object, unless the hook says not to wait. */
  const deletion = (isThere: boolean): string[] => isThere && deleteTimeoutSeconds > 0 ? ["delete", "get"] : ["delete"];
  if (deletePolicies.includes("before-hook-creation")) needs.object(deletion(exists), info);
  needs.creation(info);
  if (event === "crd-install") needs.object(["get"], info);
  else needs.object(info.resource.kind === "Job" ? ["list", "watch"] : ["list"], info);
  if (deletePolicies.includes("hook-succeeded")) needs.object(deletion(true), info);
}
