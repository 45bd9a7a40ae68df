/**
 * Keeps connections open, to use them again after their answer is complete.
 *
 * @module
 */
import type { Socket } from "node:net";

/** Kept connections are closed after this idle time. Servers and load balancers close idle ones, some without notice. */
const IDLE_MAX_MS = 30_000;

/** Idle and used connections, grouped by place. */
export class Pool {
  readonly #idle = new Map<string, Socket[]>();
  readonly #all = new Set<Socket>();
  #isClosed = false;

  /** Returns the most recently used idle connection; `undefined` when there is none. */
  take(place: string): Socket | undefined {
    const socket = this.#idle.get(place)?.pop();
    if (socket === undefined) return undefined;
    socket.off("data", destroyIt);
    socket.setTimeout(0);
    socket.ref();
    return socket;
  }

  /** Adds a new connection, so that {@linkcode close} ends it too. */
  add(socket: Socket): void {
    this.#all.add(socket);
    // Errors may occur while no request uses the socket.
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
    // Bytes without a request make the connection unusable.
    socket.on("data", destroyIt);
    socket.setTimeout(IDLE_MAX_MS);
    // An idle connection must not keep the program running.
    socket.unref();
  }

  /** Ends all connections. */
  close(): void {
    this.#isClosed = true;
    this.#idle.clear();
    for (const socket of this.#all) socket.destroy();
  }

  /** Ends an idle connection; one in use is left to its request. */
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
