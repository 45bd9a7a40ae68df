/**
 * Sockets: opened, read while a proxy is talked to, and bounded in time.
 *
 * @module
 */
import type { Socket } from "node:net";
import { dialled, NetworkFault, type Place } from "./fault.ts";

/** How long opening a connection may take, as in Go's transports. */
const DIAL_MS = 30_000;

/** Opens a TCP connection to a host, which is the place itself or a proxy on the way to it. */
export async function openSocket(host: string, port: number, place: Place): Promise<Socket> {
  const dial = dialled({ host, port });
  if (host === "" || port > 65_535) throw new NetworkFault("other", `${dial}: invalid address`, place);
  place.signal?.throwIfAborted();
  // Loaded here, as everything of the runtime in this room: short commands shall not wait for what they do not use.
  const { connect } = await import("node:net");
  const socket = connect({ host, port, noDelay: true });
  await settled(socket, "connect", {
    limitMs: DIAL_MS,
    late: () => new NetworkFault("timeout", `${dial}: i/o timeout`, place),
    signal: place.signal,
  });
  return socket;
}

/** Options of {@linkcode settled}. */
export interface SettledOptions {
  readonly limitMs: number;
  /** Makes the error for a socket that takes longer. */
  readonly late: () => Error;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits for an event of a socket that is being set up. The socket is destroyed
 * when it fails, closes, or takes too long, and when the signal fires.
 */
export async function settled(socket: Socket, event: string, options: SettledOptions): Promise<void> {
  const { limitMs, late, signal } = options;
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => reject(Object.assign(new Error("unexpected EOF"), { code: "ECONNRESET" }));
  const aborted = (): void => reject(signal?.reason);
  const timer = setTimeout(() => reject(late()), limitMs);
  signal?.addEventListener("abort", aborted, { once: true });
  socket.once(event, resolve);
  socket.once("error", reject);
  socket.once("close", closed);
  try {
    await promise;
  } catch (error) {
    discard(socket);
    throw error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", aborted);
    socket.off(event, resolve);
    socket.off("error", reject);
    socket.off("close", closed);
  }
}

/** Closes a socket; what it says from now on concerns no request. */
export function discard(socket: Socket): void {
  socket.on("error", () => {});
  socket.destroy();
}
