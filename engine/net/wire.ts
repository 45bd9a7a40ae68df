/**
 * Opens, awaits and closes sockets, with time limits.
 *
 * @module
 */
import type { Socket } from "node:net";
import { dialled, NetworkFault, type Place } from "./fault.ts";

/** How long opening a connection may take, as in Go's transports. */
const DIAL_MS = 30_000;

/** Opens a TCP connection to a host: the place itself, or a proxy on the way to it. */
export async function openSocket(host: string, port: number, place: Place): Promise<Socket> {
  const dial = dialled({ host, port });
  if (host === "" || port > 65_535) throw new NetworkFault("other", `${dial}: invalid address`, place);
  place.signal?.throwIfAborted();
  // Loaded on first use, like all runtime modules in this room, so that short commands start faster.
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
  /** Returns the error for a socket that exceeds the time limit. */
  readonly late: () => Error;
  readonly signal: AbortSignal | undefined;
}

/**
 * Waits for an event of a socket that is being opened. The socket is destroyed
 * when it fails, closes or exceeds the time limit, or when the signal fires.
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

/** Closes a socket; its later events are ignored. */
export function discard(socket: Socket): void {
  socket.on("error", () => {});
  socket.destroy();
}
