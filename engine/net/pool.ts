/**
 * Kept connections: one is used again when the answer on it is complete.
 *
 * @module
 */
import type { Socket } from "node:net";

/** A kept connection that was quiet for longer is closed: servers and what is before them end such ones, some without a word. */
const IDLE_MAX_MS = 30_000;

/** Connections by where they lead. */
export class Pool {
  readonly #idle = new Map<string, Socket[]>();
  readonly #all = new Set<Socket>();
  #isClosed = false;

  /** Takes the connection that was used last of those that wait, or `undefined`. */
  take(place: string): Socket | undefined {
    const socket = this.#idle.get(place)?.pop();
    if (socket === undefined) return undefined;
    socket.off("data", destroyIt);
    socket.setTimeout(0);
    socket.ref();
    return socket;
  }

  /** Counts a new connection among those that {@linkcode close} ends. */
  add(socket: Socket): void {
    this.#all.add(socket);
    // Errors may come while no request is on it.
    socket.on("error", () => {});
    socket.on("end", () => this.#drop(socket));
    socket.on("timeout", () => this.#drop(socket));
    socket.on("close", () => {
      this.#drop(socket);
      this.#all.delete(socket);
    });
    if (this.#isClosed) socket.destroy();
  }

  /** Keeps a connection for the next request. */
  keep(place: string, socket: Socket): void {
    if (this.#isClosed || socket.destroyed) return void socket.destroy();
    const idle = this.#idle.get(place);
    if (idle === undefined) this.#idle.set(place, [socket]);
    else idle.push(socket);
    // What comes now is no answer to anything.
    socket.on("data", destroyIt);
    socket.setTimeout(IDLE_MAX_MS);
    // A connection that waits does not keep the program from ending.
    socket.unref();
  }

  /** Ends all connections. */
  close(): void {
    this.#isClosed = true;
    this.#idle.clear();
    for (const socket of this.#all) socket.destroy();
  }

  /** Ends a connection that waits; one in use is left to its request. */
  #drop(socket: Socket): void {
    for (const idle of this.#idle.values()) {
      const at = idle.indexOf(socket);
      if (at < 0) continue;
      idle.splice(at, 1);
      socket.destroy();
    }
  }
}

function destroyIt(this: Socket): void {
  this.destroy();
}
