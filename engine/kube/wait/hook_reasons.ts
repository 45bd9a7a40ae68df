/**
 * Says why a hook's object is not done: its pods, their exit codes and last lines.
 *
 * The verdict about a hook stays with its own watch. This follows the same object from a second later on, ends the wait
 * early with `failFastSeconds`, and explains an error.
 *
 * @module
 */
import { KubeError, SkegError } from "../../../errors.ts";
import { sleep } from "../abort.ts";
import { objectName } from "../object_calls.ts";
import type { KubeCallOptions, KubeProgress, ResourceInfo, Transport } from "../types.ts";
import type { Watcher } from "./watcher.ts";

/** Most hooks are done before. */
const OBSERVE_AFTER_MS = 1000;

/** Runs `wait` for the objects of a hook; an error of it says why, where that can be found out. */
export async function withReasons<T>(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
  wait: (options: KubeCallOptions) => Promise<T>,
): Promise<T> {
  const running = infos.filter(({ resource: { group, kind } }) =>
    group === "batch" && kind === "Job" || group === "" && kind === "Pod"
  );
  if (running.length === 0) return await wait(options);
  const observer = new HookObserver(transport, running, infos, options);
  observer.begin();
  try {
    return await wait(observer.options);
  } catch (error) {
    throw options.signal?.aborted ? error : await observer.explained(error);
  } finally {
    await observer.end();
  }
}

/** Explains the error of a hook that has already ended, such as a test whose pod failed. Empty when nothing is known. */
export async function explainNow(
  transport: Transport,
  infos: readonly ResourceInfo[],
  options: KubeCallOptions,
): Promise<string> {
  const observer = new HookObserver(transport, infos, infos, options);
  try {
    return (await (await observer.watcher()).explain(true)).words;
  } finally {
    await observer.end();
  }
}

class HookObserver {
  /** Options for the hook's own wait. */
  readonly options: KubeCallOptions;
  readonly #transport: Transport;
  readonly #running: readonly ResourceInfo[];
  readonly #infos: readonly ResourceInfo[];
  readonly #given: KubeCallOptions;
  readonly #failed = new AbortController();
  readonly #ended = new AbortController();
  /** The last words of the hook's own wait about each object. */
  readonly #details = new Map<string, string>();
  #watcher: Promise<Watcher> | undefined;

  constructor(
    transport: Transport,
    running: readonly ResourceInfo[],
    infos: readonly ResourceInfo[],
    given: KubeCallOptions,
  ) {
    this.#transport = transport;
    this.#running = running;
    this.#infos = infos;
    this.#given = given;
    const signals = [given.signal, this.#failed.signal].filter((signal) => signal !== undefined);
    this.options = {
      ...given,
      signal: AbortSignal.any(signals),
      report: (progress) => {
        this.#details.set(progress.object, progress.detail);
        given.report?.(progress);
      },
    };
  }

  /** Observes the objects when the wait lasts. */
  begin(): void {
    const isFast = this.#given.waiting?.failFastSeconds !== undefined;
    if (!isFast && this.#given.report === undefined) return;
    sleep(isFast ? 0 : OBSERVE_AFTER_MS, this.#ended.signal).then(async () => {
      const watcher = await this.watcher();
      await watcher.observe(([failure]) => {
        const [info] = this.#running;
        if (failure === undefined || info === undefined) return;
        this.#failed.abort(new SkegError("unready", `${objectName(info)} cannot complete: ${failure.reason}`));
      });
    }).catch(() => {});
  }

  /** Loads the code on first use: most hooks need no explanation. */
  watcher(): Promise<Watcher> {
    return this.#watcher ??= this.#load();
  }

  async end(): Promise<void> {
    this.#ended.abort();
    await (await this.#watcher?.catch(() => undefined))?.end();
  }

  /** Returns the error with its reasons; other errors than those of the wait itself are returned unchanged. */
  async explained(error: unknown): Promise<unknown> {
    const isOurs = error instanceof SkegError && !(error instanceof KubeError) &&
      ["release", "timeout", "unready"].includes(error.kind);
    if (!isOurs) return error;
    const { words, hint } = await (await this.watcher()).explain(true);
    if (words === "") return error;
    return new SkegError(error.kind, error.message, { cause: error.cause, hint: error.hint ?? hint, details: words });
  }

  async #load(): Promise<Watcher> {
    const [{ Watcher }, { targetsOf }] = await Promise.all([import("./watcher.ts"), import("./targets.ts")]);
    const settings = { ...this.#given.waiting, waitStrict: "all" as const, waitIgnore: [] };
    return new Watcher(this.#transport, targetsOf(this.#running, settings), {
      signal: this.#ended.signal,
      report: this.#given.report === undefined ? undefined : (progress) => this.#report(progress),
      settings,
      infos: this.#infos,
      secrets: this.#given.secrets,
      isSandbox: this.#given.isSandbox,
      timeoutSeconds: 0,
      firstMs: 0,
      detailsAtOnce: true,
    });
  }

  /** Reports pods of the hook's object; its counts were reported by the hook's own wait. */
  #report(progress: KubeProgress): void {
    if (progress.verb !== "wait") return;
    const detail = this.#details.get(progress.object) ?? progress.detail;
    this.#given.report?.({ ...progress, verb: "hook-wait", detail });
  }
}
