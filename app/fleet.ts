/**
 * The same work on several clusters at once: each has its own deadline, and one that fails hides no other.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Env } from "../engine/kube/mod.ts";

/** A context whose cluster gave no result. */
export interface FleetError {
  /** Name of the context. */
  readonly context: string;
  /** Why, in one sentence. */
  readonly message: string;
  /** The next step; empty when there is none. */
  readonly hint: string;
}

/** The results of all contexts. */
export interface FleetResult<T> {
  /** In the order of the contexts. */
  readonly results: readonly { readonly context: string; readonly value: T }[];
  /** In the order of the contexts. */
  readonly errors: readonly FleetError[];
}

/** Options of {@linkcode overContexts}. */
export interface FleetOptions {
  /** Time for each cluster; 0 means no limit. */
  readonly timeoutSeconds: number;
  /** Ends all of the work. */
  readonly signal?: AbortSignal | undefined;
  /** Calls `ring` after some time, and returns a function that prevents it. Default: the system's timer. */
  readonly timer?: ((ring: () => void, ms: number) => () => void) | undefined;
}

/** The longest timer of the system; a longer limit counts as none. */
const TIMER_MAX_MS = 2 ** 31 - 1;

/**
 * Runs `work` for all contexts at the same time. The result is there as soon as the slowest context has ended or its time is
 * up, even if its work does not heed the signal.
 *
 * @param work Its signal fires when the context's time is up.
 * @throws The caller's own reason, when `signal` fires.
 */
export async function overContexts<T>(
  contexts: readonly string[],
  work: (context: string, signal: AbortSignal) => Promise<T>,
  options: FleetOptions,
): Promise<FleetResult<T>> {
  const outcomes = await Promise.allSettled(contexts.map((context) => withDeadline(context, work, options)));
  options.signal?.throwIfAborted();
  const results: { context: string; value: T }[] = [];
  const errors: FleetError[] = [];
  for (const [index, outcome] of outcomes.entries()) {
    const context = contexts[index] ?? "";
    if (outcome.status === "fulfilled") results.push({ context, value: outcome.value });
    else errors.push(errorOf(context, outcome.reason));
  }
  return { results, errors };
}

async function withDeadline<T>(
  context: string,
  work: (context: string, signal: AbortSignal) => Promise<T>,
  { timeoutSeconds, signal, timer = systemTimer }: FleetOptions,
): Promise<T> {
  const limit = new AbortController();
  const over = new SkegError("timeout", `no answer within ${timeoutSeconds} seconds`, {
    hint: "Check the cluster and the way to it, or give it more time with --context-timeout.",
  });
  const ms = timeoutSeconds * 1000;
  const stop: unknown = ms > 0 && ms <= TIMER_MAX_MS ? timer(() => limit.abort(over), ms) : undefined;
  const both = signal === undefined ? limit.signal : AbortSignal.any([limit.signal, signal]);
  const ended = Promise.withResolvers<never>();
  const end = (): void => ended.reject(both.reason);
  both.addEventListener("abort", end, { once: true });
  try {
    both.throwIfAborted();
    return await Promise.race([work(context, both), ended.promise]);
  } finally {
    // A timer that a script hands in may return anything, such as the number of `setTimeout`.
    if (typeof stop === "function") stop();
    both.removeEventListener("abort", end);
  }
}

function systemTimer(ring: () => void, ms: number): () => void {
  const timer = setTimeout(ring, ms);
  return () => clearTimeout(timer);
}

function errorOf(context: string, reason: unknown): FleetError {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  return { context, message: error.message, hint: error instanceof SkegError ? error.hint ?? "" : "" };
}

/** Options of {@linkcode fleetContexts}. */
export interface FleetContextsOptions {
  /** Names, as given. */
  readonly contexts: readonly string[];
  /** If true, all contexts of the kubeconfig instead. */
  readonly all: boolean;
  /** Path of the kubeconfig; empty: the usual places. */
  readonly kubeconfig?: string | undefined;
  /** Environment variables. */
  readonly env?: Env | undefined;
}

/**
 * Returns the contexts to work on, each once, in the order in which they are given; all contexts in the order of the
 * kubeconfig.
 *
 * @throws SkegError of kind `config` when the kubeconfig has no contexts; of kind `usage` for no names.
 */
export async function fleetContexts({ contexts, all, kubeconfig, env }: FleetContextsOptions): Promise<string[]> {
  const named = [...new Set(contexts.map((name) => name.trim()).filter((name) => name !== ""))];
  if (!all) {
    if (named.length === 0) throw new SkegError("usage", "no context was named");
    return named;
  }
  const { loadKubeconfig } = await import("../engine/kube/mod.ts");
  const config = await loadKubeconfig({ kubeconfig, env });
  const found = [...config?.contexts.keys() ?? []];
  if (found.length > 0) return found;
  throw new SkegError("config", "the kubeconfig has no contexts", {
    hint: "Name a kubeconfig with --kubeconfig, or set $KUBECONFIG.",
  });
}
