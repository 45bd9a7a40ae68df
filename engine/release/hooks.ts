/**
 * Runs the hooks of one event.
 *
 * Source: Helm 2.17.0, `execHook` in `pkg/tiller/release_server.go`.
 *
 * @module
 */
import type { DeletePolicy, Hook, HookEvent, Release } from "../model/mod.ts";
import { SkegError } from "../../errors.ts";
import { type KnownDocuments, KubeManifest, type ResourceInfo } from "../kube/mod.ts";
import type { Environment } from "./environment.ts";
import { callOptions, waitCalls } from "./_calls.ts";
import { withDetails, withHint } from "./recovery.ts";
import type { ForeignObject, Ownership } from "./ownership.ts";
import { creatable, findable } from "./removed.ts";
import { describeForeign } from "./take_over.ts";

const HOOK_ANNOTATION = "helm.sh/hook";

/** A hook and its documents. */
export interface HookToRun {
  readonly hook: Hook;
  readonly manifest: KubeManifest;
}

/** Options of {@linkcode runHooks}. */
export interface HookRunOptions {
  /** Finds the owner of an object that exists under the name of a hook's object; default: it is not looked for. */
  readonly ownership?: Ownership | undefined;
  /** Documents that are decoded already. */
  readonly known?: KnownDocuments | undefined;
}

/**
 * Runs the hooks of `release` for `event` one by one, and returns the release with the time at which each
 * ran.
 *
 * Waits for every hook: for a Job until it is complete, for a CRD until it is established, for anything else
 * until it exists. When one fails, the objects of earlier hooks stay, even with the policy `hook-succeeded`.
 *
 * @throws The cluster's error; or the error of deleting a failed hook's object, which replaces it.
 */
export async function runHooks(
  env: Environment,
  release: Release,
  event: HookEvent,
  timeoutSeconds: number,
  { ownership, known }: HookRunOptions = {},
): Promise<Release> {
  const selected = hooksFor(release.hooks, event).map((hook) => ({
    hook,
    manifest: new KubeManifest(hook.manifest, known),
  }));
  for (const { hook, manifest } of selected) {
    if (ownership !== undefined) await refuseForeign(env, release, { hook, manifest }, ownership);
    await deleteByPolicy(env, release, { hook, manifest }, "before-hook-creation");
    const tell = (phase: "start" | "done" | "failed"): void =>
      env.report({ type: "hook", event, name: `${hook.kind}/${hook.name}`, phase });
    tell("start");
    try {
      await runHook(env, release, { hook, manifest }, event, timeoutSeconds);
    } catch (error) {
      tell("failed");
      if (env.signal?.aborted) env.report({ type: "warning", text: leftRunning(env, release, hook, event) });
      throw explained(error, hook, event);
    }
    tell("done");
  }
  const ran = new Map<Hook, Hook>();
  for (const { hook, manifest } of selected) {
    await deleteByPolicy(env, release, { hook, manifest }, "hook-succeeded");
    ran.set(hook, { ...hook, lastRun: env.clock() });
  }
  return { ...release, hooks: release.hooks.map((hook) => ran.get(hook) ?? hook) };
}

/**
 * Returns the hooks of `event` in the order they run: by weight, then by name. A hook that lists the event
 * twice runs twice, as in Helm 2.
 */
export function hooksFor(hooks: readonly Hook[], event: HookEvent): Hook[] {
  return hooks.flatMap((hook) => hook.events.filter((one) => one === event).map(() => hook))
    .sort(compareHooks);
}

/** Compares hooks by weight, then by name. */
export function compareHooks(a: Hook, b: Hook): number {
  return a.weight - b.weight || order(a.name, b.name) || order(a.path, b.path);
}

async function runHook(
  env: Environment,
  release: Release,
  { hook, manifest }: HookToRun,
  event: HookEvent,
  timeoutSeconds: number,
): Promise<void> {
  const options = callOptions(env);
  const { namespace } = release;
  const mapped = await creatable(env, namespace, manifest);
  let infos: readonly ResourceInfo[];
  try {
    // As in Tiller, the namespace is there even if the hook's kind is not.
    await env.kube.ensureNamespace(namespace, options);
    infos = await env.kube.resolve(namespace, mapped, options);
    await env.kube.create(infos, options);
  } catch (error) {
    throw error instanceof SkegError && error.kind === "exists" ? withHint(error, leftover(env, release, hook)) : error;
  }
  if (event === "crd-install") {
    await env.kube.waitUntilEstablished(infos, timeoutSeconds, options);
    return;
  }
  try {
    await env.kube.watchUntilReady(infos, timeoutSeconds, waitCalls(env, release));
  } catch (error) {
    await deleteByPolicy(env, release, { hook, manifest }, "hook-failed");
    throw error;
  }
}

/**
 * Refuses to run a hook that would first delete an object that no hook created and that does not belong to
 * the release. Helm 2 deletes it.
 */
async function refuseForeign(
  env: Environment,
  { namespace }: Release,
  { hook, manifest }: HookToRun,
  ownership: Ownership,
): Promise<void> {
  if (!hook.deletePolicies.includes("before-hook-creation")) return;
  const options = callOptions(env);
  const infos = await env.kube.resolve(namespace, await findable(env, namespace, manifest, true), options);
  const found = (await env.kube.findExisting(infos, options))
    .filter(({ metadata }) => metadata.annotations?.[HOOK_ANNOTATION] === undefined);
  if (found.length === 0) return;
  const { foreign } = await ownership.sort(found);
  const [first] = foreign;
  if (first === undefined) return;
  throw foreignHook(hook, first, foreign);
}

function foreignHook({ kind, name }: Hook, { found }: ForeignObject, foreign: readonly ForeignObject[]): SkegError {
  const { plural, group } = found.info.resource;
  const where = group === "" ? plural : `${plural}.${group}`;
  return new SkegError("exists", `${where} ${JSON.stringify(found.info.name)} already exists`, {
    details: `The hook ${kind} ${JSON.stringify(name)} would delete it first, and no hook created it:\n` +
      `${describeForeign(foreign).map((line) => `  ${line}`).join("\n")}\n` +
      "Rename the hook's object, or delete the existing one.",
  });
}

/** Returns a note about the object of an interrupted hook. It may still be running, so it is not deleted. */
function leftRunning(env: Environment, release: Release, hook: Hook, event: HookEvent): string {
  return `${hook.kind} ${JSON.stringify(hook.name)} of the ${event} hook may still run in namespace ` +
    `${JSON.stringify(release.namespace)}: ${deletion(env, release, hook)} ends it`;
}

/** Returns advice about a hook's object that exists already. */
function leftover(env: Environment, release: Release, hook: Hook): string {
  return `An earlier run left it: ${
    deletion(env, release, hook)
  }, then run the command again; or run it with --no-hooks.`;
}

/** Returns the command that deletes a hook's object. kubectl reaches a sandbox only while it is served. */
function deletion({ kube }: Environment, { namespace }: Release, { kind, name }: Hook): string {
  const command = `'kubectl delete ${kind.toLowerCase()} ${name} --namespace ${namespace}'`;
  return kube.cluster.server === "sandbox" ? `'skeg sandbox serve' and ${command}` : command;
}

/** Returns the error with the hook above its reasons. */
function explained(error: unknown, { kind, name, weight, path }: Hook, event: HookEvent): unknown {
  if (!(error instanceof SkegError) || error.details === undefined) return error;
  if (!["release", "timeout", "unready"].includes(error.kind)) return error;
  const head = `  hook ${event} ${kind}/${name}, weight ${weight}${path === "" ? "" : `, from ${path}`}`;
  return withDetails(error, `${head}\n${error.details}`);
}

/** Deletes a hook's object if the hook has `policy`, and waits as long as the hook says. */
export async function deleteByPolicy(
  env: Environment,
  { namespace }: Release,
  { hook, manifest }: HookToRun,
  policy: DeletePolicy,
): Promise<void> {
  if (!hook.deletePolicies.includes(policy)) return;
  const options = callOptions(env);
  const timeoutSeconds = Math.max(0, hook.deleteTimeoutSeconds);
  const infos = await env.kube.resolve(namespace, await findable(env, namespace, manifest, true), options);
  await env.kube.delete(infos, { ...options, timeoutSeconds });
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
