/**
 * The server of `skeg ui`: its beginning and its end.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { createMasker } from "../../engine/kube/explain/mod.ts";
import { Activity } from "./activity.ts";
import { Clusters } from "./clusters.ts";
import { Handler } from "./handler.ts";
import { Idle } from "./idle.ts";
import { KeptPlans } from "./kept_plans.ts";
import type { UiEnd, UiOptions, UiServer } from "./options.ts";
import { loadPage } from "./page_files.ts";
import { withoutLegacyWarning } from "./quiet_runtime.ts";
import { Sessions } from "./sessions.ts";

/** Open streams have this time to end. */
const SHUTDOWN_MS = 2000;
/** Releases that were read ahead are followed for this time: as long as the start code is good. */
const AHEAD_MS = 60_000;

/**
 * Starts the server on 127.0.0.1.
 *
 * @throws SkegError of kind `io` when the port cannot be opened.
 */
export async function serveUi(options: UiOptions): Promise<UiServer> {
  const { now = Date.now, signal } = options;
  const page = options.page ?? await loadPage();
  const ended = Promise.withResolvers<UiEnd>();
  const stop = new AbortController();
  const activity = new Activity(now);
  const clusters = new Clusters(options, activity);
  const sessions = new Sessions(now, () => ended.resolve("guesses"));
  const idle = new Idle(options.idleMinutes * 60_000, now, () => ended.resolve("idle"));
  const masker = createMasker(crypto.getRandomValues(new Uint8Array(32)));
  const state = { options, activity, clusters, plans: new KeptPlans(), masker, now };
  const handler = new Handler({ state, page, sessions, idle, signal: stop.signal });
  withoutLegacyWarning();
  const server = open(options.port, handler);
  if (options.readAhead === true) readAhead(clusters, stop.signal);
  const stopped = (): void => ended.resolve("stopped");
  signal?.addEventListener("abort", stopped, { once: true });
  if (signal?.aborted) stopped();
  const finished = ended.promise.then(async (end) => {
    signal?.removeEventListener("abort", stopped);
    idle.stop();
    stop.abort();
    await server.close();
    await clusters.close();
    return end;
  });
  const url = `http://127.0.0.1:${server.port}/`;
  return {
    url,
    start: async () => `${url}#k=${await sessions.newCode()}`,
    finished,
    close: async () => {
      stopped();
      await finished;
    },
  };
}

/** Reads the releases of all clusters, and follows them for a moment. */
function readAhead(clusters: Clusters, signal: AbortSignal): void {
  for (const { fleet } of clusters.all(null)) {
    const release = fleet.hold();
    const timer = setTimeout(release, AHEAD_MS);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      release();
    }, { once: true });
    // A failure is told when the page asks.
    fleet.outlines({ signal }).catch(() => {});
  }
}

function open(port: number, handler: Handler): { readonly port: number; readonly close: () => Promise<void> } {
  const cut = new AbortController();
  let server: Deno.HttpServer<Deno.NetAddr>;
  try {
    server = Deno.serve({
      // One address, of this machine alone.
      hostname: "127.0.0.1",
      port,
      signal: cut.signal,
      onListen: () => {},
      onError: (error) => handler.fault(error),
    }, (request) => handler.handle(request, server.addr.port));
  } catch (cause) {
    throw new SkegError("io", `port ${port} of 127.0.0.1 cannot be opened`, {
      cause,
      hint: "Another program may use it: choose another with --port, or leave it out for a free one.",
    });
  }
  return {
    port: server.addr.port,
    close: async () => {
      const timer = setTimeout(() => cut.abort(), SHUTDOWN_MS);
      await server.shutdown();
      clearTimeout(timer);
    },
  };
}
