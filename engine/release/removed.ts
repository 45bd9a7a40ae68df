/**
 * API versions that the server no longer has, in what an operation reads and
 * writes: stored manifests are mapped by themselves, rendered ones when that
 * is asked for.
 *
 * Source: `removed-apis.md` section 7. Helm 2 and 3 fail here.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Hook, HookEvent, Release } from "../model/mod.ts";
import type { ManifestUse, MapRemovedOptions, RemovedDocument } from "../kube/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** What happens to documents whose API version the server no longer has. */
export interface RemovedApiOptions {
  /** Of rendered manifests and hooks: `refuse` them, as Helm does (the default), or `map` them. Stored ones are always mapped. */
  readonly removedApis?: "refuse" | "map" | undefined;
  /** Leave out documents whose kind has no successor, such as PodSecurityPolicy; the record does not hold them either. */
  readonly skipRemoved?: boolean | undefined;
  /** Also map what loses something, such as a webhook's `sideEffects: Unknown`. */
  readonly allowLossyMapping?: boolean | undefined;
}

/** What an operation is about to send. */
export interface Sent {
  /** Non-hook documents. */
  readonly manifest: string;
  /** Hooks, with their texts. */
  readonly hooks: readonly Hook[];
}

/** What {@linkcode mapSent} maps, and how. */
export interface MapSentOptions extends RemovedApiOptions {
  /** The namespace of the release. */
  readonly namespace: string;
  /** Whether objects may be there already (`target`) or are to be created. */
  readonly use: "target" | "create";
  /** The old side of the patches, when there is one. */
  readonly original?: string | undefined;
  /** Hooks of these events run in this operation. */
  readonly events: readonly HookEvent[];
  /** Where what is sent comes from. */
  readonly from: "chart" | "record";
  /** Objects that cannot be patched are deleted and created. */
  readonly force?: boolean | undefined;
}

/** What {@linkcode mapSent} resolves with. */
export interface MappedSent<T extends Sent> {
  readonly sent: T;
  /** The old side; empty when none was given. */
  readonly original: string;
  /** With `force`, the manifest for objects that are deleted and made anew, where it is another. */
  readonly anew?: string | undefined;
}

/**
 * Maps what is about to be sent, and the old side of it, or refuses: with
 * every object in one error, before anything has changed.
 *
 * @throws SkegError whose message is Helm's and whose `details` name each object and the way out.
 */
export async function mapSent<T extends Sent>(
  env: Environment,
  sent: T,
  options: MapSentOptions,
): Promise<MappedSent<T>> {
  const { namespace, original = "" } = options;
  if (options.from === "chart" && options.removedApis !== "map") {
    await refuseRemoved(env, sent, options);
    const [old] = await env.kube.mapRemoved(
      namespace,
      [{ manifest: original, use: "original" }],
      callsOf(env, options),
    );
    noteMapped(env, [], old?.documents);
    return { sent, original: old?.manifest ?? original };
  }
  const runs = (hook: Hook): boolean => hook.events.some((event) => options.events.includes(event));
  const running = sent.hooks.filter(runs);
  const uses: { manifest: string; use: ManifestUse }[] = [
    { manifest: original, use: "original" },
    { manifest: sent.manifest, use: options.use },
    ...running.map((hook) => ({ manifest: hook.manifest, use: "create" as const })),
  ];
  const [old, manifest, ...hooks] = await env.kube.mapRemoved(namespace, uses, callsOf(env, options));
  noteMapped(env, [manifest, ...hooks].flatMap((mapped) => mapped?.documents ?? []), old?.documents);
  const anew = options.force && manifest !== undefined && manifest.documents.length > 0
    ? await mapLeniently(env, namespace, sent.manifest, options)
    : undefined;
  const texts = new Map(running.map((hook, index) => [hook, hooks[index]?.manifest]));
  for (const hook of sent.hooks.filter((hook) => !runs(hook))) {
    texts.set(hook, await mapLeniently(env, namespace, hook.manifest, options));
  }
  return {
    sent: {
      ...sent,
      manifest: manifest?.manifest ?? sent.manifest,
      hooks: sent.hooks.map((hook) => withText(hook, texts.get(hook) ?? hook.manifest))
        .filter((hook) => hook.manifest !== ""),
    },
    original: old?.manifest ?? original,
    ...anew === undefined ? {} : { anew },
  };
}

/**
 * The text for a creation that may never come: of a hook that does not run now, or of an object that can most likely be
 * patched. One that cannot be mapped must not stop the operation: `undefined`.
 */
async function mapLeniently(
  env: Environment,
  namespace: string,
  manifest: string,
  options: MapSentOptions,
): Promise<string | undefined> {
  try {
    const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "create" }], callsOf(env, options));
    return mapped?.manifest || undefined;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return undefined;
  }
}

/** A hook's own text has no line break at its end. */
function withText(hook: Hook, text: string): Hook {
  return text === hook.manifest ? hook : { ...hook, manifest: text.trim() };
}

function callsOf(env: Environment, options: MapSentOptions): MapRemovedOptions {
  return {
    ...callOptions(env),
    // What is recorded cannot be edited by its owner: a rollback goes on without what no server has any more.
    skipRemoved: options.skipRemoved === true || options.from === "record",
    allowLossy: options.allowLossyMapping,
    force: options.force,
  };
}

/** Fails, as Helm does, when rendered documents name what the server no longer has; and says what to do. */
async function refuseRemoved(env: Environment, sent: Sent, options: MapSentOptions): Promise<void> {
  const running = sent.hooks.filter(({ events }) => events.some((event) => options.events.includes(event)));
  // Helm 2: hooks of other events are recorded, whatever they name.
  const manifests = [sent.manifest, ...running.map((hook) => hookText(hook))];
  const removed = await env.kube.findRemoved(manifests, callOptions(env));
  if (removed.length === 0) return;
  const cause = await firstFailure(
    manifests.map((manifest) => () => env.kube.build(options.namespace, manifest, callOptions(env))),
  );
  const lines = removed.map(({ object, source, changes }) =>
    `${object}${source === undefined ? "" : ` (${source})`}: ${changes.join(", ")}`
  );
  const way = removed.some(({ to }) => to === undefined)
    ? "Change the chart, or let what can be mapped be mapped with --removed-apis map and leave the rest out with --skip-removed."
    : "Change the chart, or let skeg map these objects with --removed-apis map.";
  throw new SkegError("kube", cause?.message ?? lines[0] ?? "", { cause, details: [...lines, way].join("\n") });
}

/** A hook's text with the path of its template, as manifests have it. */
function hookText(hook: Hook): string {
  return `# Source: ${hook.path}\n${hook.manifest}`;
}

async function firstFailure(attempts: readonly (() => Promise<unknown>)[]): Promise<SkegError | undefined> {
  for (const attempt of attempts) {
    try {
      await attempt();
    } catch (error) {
      if (error instanceof SkegError && error.kind !== "aborted") return error;
      throw error;
    }
  }
  return undefined;
}

/**
 * Returns the text of a stored manifest with the API versions at which the
 * server has its objects now, for finding and deleting them.
 *
 * @param quiet Tell nothing: something else already has.
 */
export async function findable(env: Environment, namespace: string, manifest: string, quiet = false): Promise<string> {
  const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "identify" }], callOptions(env));
  if (mapped === undefined) return manifest;
  for (const { object, from, to } of mapped.documents) {
    if (to !== undefined || quiet) continue;
    env.report({
      type: "note",
      text: `${object}: its API (${from}) is gone from the server; there is nothing to find or delete`,
    });
  }
  return mapped.manifest;
}

/** A release with manifest and hooks as {@linkcode findable} has them; not for a record. */
export async function findableRelease(env: Environment, release: Release): Promise<Release> {
  return { ...release, manifest: await findable(env, release.namespace, release.manifest) };
}

/** The text of a stored hook, ready to be created. */
export async function creatable(env: Environment, namespace: string, manifest: string): Promise<string> {
  const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "create" }], callOptions(env));
  return mapped?.manifest ?? manifest;
}

/**
 * Tells what was mapped: one line, and one more for each document to whoever
 * wants details. What is left out is told in any case.
 */
function noteMapped(env: Environment, sent: readonly RemovedDocument[], old: readonly RemovedDocument[] = []): void {
  const all = new Map([...old, ...sent].map((document) => [document.object, document]));
  const isSent = new Set(sent.map(({ object }) => object));
  const mapped = [...all.values()].filter(({ to }) => to !== undefined);
  const count = mapped.filter(({ object }) => isSent.has(object)).length;
  if (count > 0) {
    const objects = count === 1 ? "1 object is" : `${count} objects are`;
    const text = `${objects} sent with a newer API version, as the server no longer has the one of the manifest`;
    env.report({ type: "note", text });
  } else if (mapped.length > 0) {
    const objects = mapped.length === 1 ? "1 object" : `${mapped.length} objects`;
    const text =
      `the last revision names ${objects} by API versions that the server no longer has; newer ones are used`;
    env.report({ type: "note", text });
  }
  for (const { object, from, to, changes } of all.values()) {
    const text = to === undefined
      ? `${object} is left out: Kubernetes has no ${from} any more, and nothing in its place`
      : `${object}: ${from} -> ${to}${changes.length === 0 ? "" : ` (${changes.join("; ")})`}`;
    env.report({ type: "note", text, isDetail: to !== undefined });
  }
}
