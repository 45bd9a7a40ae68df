/**
 * Sockets: opened, read byte by byte while a proxy is talked to, and bounded
 * in time.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { connect as connectTcp, type Socket } from "node:net";
import { dialled, type FaultPlace, NetworkFault } from "./fault.ts";

/** How long opening a connection may take, as in Go's transports. */
export const DIAL_MS = 30_000;
/** How long a handshake may take, as in Go's transports. */
export const HANDSHAKE_MS = 10_000;
/** How long a proxy may take to open a tunnel. */
export const TUNNEL_MS = 60_000;

/** Opens a TCP connection. */
export async function openSocket(host: string, port: number, place: FaultPlace): Promise<Socket> {
  if (host === "" || port > 65_535) {
    throw new NetworkFault("other", `${dialled({ host, port })}: invalid address`, place);
  }
  const socket = connectTcp({ host, port, noDelay: true });
  await settled(
    socket,
    "connect",
    DIAL_MS,
    () => new NetworkFault("timeout", `${dialled({ host, port })}: i/o timeout`, place),
  );
  return socket;
}

/**
 * Waits for an event of a socket that is being set up. The socket is destroyed
 * when it fails, closes or takes longer than `limitMs`.
 *
 * @param late Makes the error for the last of these.
 */
export async function settled(socket: Socket, event: string, limitMs: number, late: () => Error): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const closed = (): void => reject(Object.assign(new Error("EOF"), { code: "ECONNRESET" }));
  const timer = setTimeout(() => reject(late()), limitMs);
  socket.once(event, resolve);
  socket.once("error", reject);
  socket.once("close", closed);
  try {
    await promise;
  } catch (error) {
    // Whatever it says from now on concerns nobody.
    socket.on("error", () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    socket.off(event, resolve);
    socket.off("error", reject);
    socket.off("close", closed);
  }
}

/**
 * Reads from a socket until `complete` finds the end of what is wanted; what
 * came after it is put back.
 *
 * @param complete Gets all bytes so far; returns how many belong to the answer, or `undefined` to read on.
 */
export async function readUntil(
  socket: Socket,
  complete: (bytes: Buffer) => number | undefined,
  bytesMax: number,
  late: () => Error,
): Promise<Buffer> {
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const size = complete(bytes);
    if (size !== undefined) {
      if (size < bytes.length) socket.unshift(bytes.subarray(size));
      return bytes.subarray(0, size);
    }
    if (bytes.length > bytesMax) {
      socket.destroy();
      throw new Error("the proxy's answer is too long");
    }
    const part: Buffer | null = socket.read();
    if (part !== null) bytes = Buffer.concat([bytes, part]);
    else await settled(socket, "readable", TUNNEL_MS, late);
  }
}
