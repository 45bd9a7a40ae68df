/**
 * Handles API versions that the server no longer has, in manifests that an operation reads or writes: stored
 * manifests are always mapped, rendered ones on request.
 *
 * Source: `removed-apis.md` section 7. Helm 2 and 3 fail here.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Hook, HookEvent } from "../model/mod.ts";
import {
  type KnownDocuments,
  KubeManifest,
  type MapRemovedOptions,
  type MapRequest,
  type RemovedDocument,
} from "../kube/mod.ts";
import { callOptions } from "./_calls.ts";
import type { Environment } from "./environment.ts";

/** Treatment of documents whose API version the server no longer has. */
export interface RemovedApiOptions {
  /**
   * For rendered manifests and hooks: `refuse` them, as Helm does (the default), or `map` them. Stored ones
   * are always mapped.
   */
  readonly removedApis?: "refuse" | "map" | undefined;
  /** If true, leaves out documents whose kind has no successor, such as PodSecurityPolicy, from the record too. */
  readonly skipRemoved?: boolean | undefined;
  /** If true, also maps where information is lost, such as a webhook's `sideEffects: Unknown`. */
  readonly allowLossyMapping?: boolean | undefined;
}

/** The documents that an operation is about to send. */
export interface Sent {
  /** Non-hook documents. */
  readonly manifest: KubeManifest;
  /** Hooks, with their texts. */
  readonly hooks: readonly Hook[];
  /** Documents of the hooks that are decoded already. */
  readonly known?: KnownDocuments | undefined;
}

/** Options of {@linkcode mapSent}. */
export interface MapSentOptions extends RemovedApiOptions {
  /** The namespace of the release. */
  readonly namespace: string;
  /** `target` if objects may exist already, `create` if they are to be created. */
  readonly use: "target" | "create";
  /** The old side of the patches, when there is one. */
  readonly original?: KubeManifest | undefined;
  /** Hooks of these events run in this operation. */
  readonly events: readonly HookEvent[];
  /** The source of the documents. */
  readonly from: "chart" | "record";
  /** If true, objects that cannot be patched are deleted and created again. */
  readonly force?: boolean | undefined;
}

/** Result of {@linkcode mapSent}. */
export interface MappedSent {
  readonly sent: Sent;
  /** The old side; empty when none was given. */
  readonly original: KubeManifest;
  /** With `force`: the manifest for objects that are deleted and created again, if it differs. */
  readonly anew?: KubeManifest | undefined;
}

/**
 * Maps the documents to send and the old side of the patches, or refuses before anything was changed, with
 * every object in one error.
 *
 * @throws SkegError with Helm's message; its `details` name each object and the remedy.
 */
export async function mapSent(env: Environment, sent: Sent, options: MapSentOptions): Promise<MappedSent> {
  const { namespace, original = new KubeManifest("") } = options;
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
  const uses: MapRequest[] = [
    { manifest: original, use: "original" },
    { manifest: sent.manifest, use: options.use },
    ...running.map((hook) => ({ manifest: new KubeManifest(hook.manifest, sent.known), use: "create" as const })),
  ];
  const [old, manifest, ...hooks] = await env.kube.mapRemoved(namespace, uses, callsOf(env, options));
  noteMapped(env, [manifest, ...hooks].flatMap((mapped) => mapped?.documents ?? []), old?.documents);
  const anew = options.force && manifest !== undefined && manifest.documents.length > 0
    ? await mapLeniently(env, namespace, sent.manifest, options)
    : undefined;
  const texts = new Map<Hook, string | undefined>(running.map((hook, index) => [hook, hooks[index]?.manifest.text]));
  for (const hook of sent.hooks.filter((hook) => !runs(hook))) {
    const mapped = await mapLeniently(env, namespace, new KubeManifest(hook.manifest, sent.known), options);
    texts.set(hook, mapped?.text);
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
 * Maps a manifest for a creation that may never happen: a hook that does not run now, or an object that can
 * probably be patched. Returns `undefined` if it cannot be mapped, as that must not stop the operation.
 */
async function mapLeniently(
  env: Environment,
  namespace: string,
  manifest: KubeManifest,
  options: MapSentOptions,
): Promise<KubeManifest | undefined> {
  try {
    const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "create" }], callsOf(env, options));
    return mapped === undefined || mapped.manifest.text === "" ? undefined : mapped.manifest;
  } catch (error) {
    if (!(error instanceof SkegError) || error.kind === "aborted") throw error;
    return undefined;
  }
}

/** Returns the hook with another text, trimmed as hook texts are. */
function withText(hook: Hook, text: string): Hook {
  return text === hook.manifest ? hook : { ...hook, manifest: text.trim() };
}

function callsOf(env: Environment, options: MapSentOptions): MapRemovedOptions {
  return {
    ...callOptions(env),
    // A user cannot edit a stored record, so a rollback leaves out kinds without a successor.
    skipRemoved: options.skipRemoved === true || options.from === "record",
    allowLossy: options.allowLossyMapping,
    force: options.force,
  };
}

/** Fails, as Helm does, when rendered documents use API versions that the server no longer has; adds advice. */
async function refuseRemoved(env: Environment, sent: Sent, options: MapSentOptions): Promise<void> {
  const running = sent.hooks.filter(({ events }) => events.some((event) => options.events.includes(event)));
  // Helm 2: hooks of other events are recorded without a check.
  const manifests = [sent.manifest, ...running.map((hook) => withSource(hook, sent.known))];
  const removed = await env.kube.findRemoved(manifests, callOptions(env));
  if (removed.length === 0) return;
  const cause = await firstFailure(
    manifests.map((manifest) => () => env.kube.resolve(options.namespace, manifest, callOptions(env))),
  );
  const lines = removed.map(({ object, source, changes }) =>
    `${object}${source === undefined ? "" : ` (${source})`}: ${changes.join(", ")}`
  );
  const way = removed.some(({ to }) => to === undefined)
    ? "Change the chart, or map objects with a successor with --removed-apis map and leave out the others with --skip-removed."
    : "Change the chart, or let skeg map these objects with --removed-apis map.";
  throw new SkegError("kube", cause?.message ?? lines[0] ?? "", { cause, details: [...lines, way].join("\n") });
}

/** Returns a hook's documents with its template path, as in manifests. */
function withSource({ path, manifest }: Hook, known: KnownDocuments | undefined): KubeManifest {
  return new KubeManifest(`# Source: ${path}\n${manifest}`, known);
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
 * Returns a stored manifest with the API versions at which the server has its objects now, for finding and deleting them.
 *
 * @param quiet If true, reports nothing: it was already reported.
 */
export async function findable(
  env: Environment,
  namespace: string,
  manifest: KubeManifest,
  quiet = false,
): Promise<KubeManifest> {
  const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "identify" }], callOptions(env));
  if (mapped === undefined) return manifest;
  for (const { object, from, to } of mapped.documents) {
    if (to !== undefined || quiet) continue;
    env.report({
      type: "note",
      text: `${object}: the server no longer has its API (${from}), so there is nothing to delete`,
    });
  }
  return mapped.manifest;
}

/** Returns the manifest of a stored hook, mapped for creation. */
export async function creatable(
  env: Environment,
  namespace: string,
  manifest: KubeManifest,
): Promise<KubeManifest> {
  const [mapped] = await env.kube.mapRemoved(namespace, [{ manifest, use: "create" }], callOptions(env));
  return mapped?.manifest ?? manifest;
}

/**
 * Reports mapped documents: one line in total, and one detail line for each document. Documents that are left
 * out are always reported.
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
      ? `${object} is left out: Kubernetes has no ${from} any more, and no successor`
      : `${object}: ${from} -> ${to}${changes.length === 0 ? "" : ` (${changes.join("; ")})`}`;
    env.report({ type: "note", text, isDetail: to !== undefined });
  }
}
