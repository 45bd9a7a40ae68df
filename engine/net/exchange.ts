/**
 * One request and its answer on one connection.
 *
 * @module
 */
import type { Socket } from "node:net";
import { type AnswerHead, AnswerParser } from "./answer_parser.ts";

/** The body of an answer: an iterable of the parts in the order of arrival. */
export interface AnswerBody extends AsyncIterable<Uint8Array<ArrayBuffer>> {
  /** Reads the whole body. */
  bytes(): Promise<Uint8Array<ArrayBuffer>>;
  /** Returns the body as a web stream. */
  stream(): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Discards the rest and closes the connection. */
  cancel(): void;
}

/** Options of {@linkcode exchange}. */
export interface ExchangeOptions {
  readonly method: string;
  /** Head and body of the request. */
  readonly bytes: Uint8Array;
  /** Aborts the exchange; the body then fails with the signal's reason. */
  readonly signal: AbortSignal | undefined;
  /** Called when the connection is free again; `mayStay` is true if another request can use it. */
  readonly release: (mayStay: boolean) => void;
  /** Returns the error for a body that breaks off. */
  readonly describe: (error: unknown) => Error;
}

/** Maximal bytes of a body that are buffered while the caller does not read; the rest waits at the server. */
const BUFFER_BYTES = 1_048_576;

/**
 * Sends a request and waits for the head of the answer.
 *
 * @throws The socket's error; NetworkFault for an answer that is not HTTP; the signal's reason.
 */
export async function exchange(
  socket: Socket,
  options: ExchangeOptions,
): Promise<{ head: AnswerHead; body: AnswerBody }> {
  const running = new Exchange(socket, options);
  return { head: await running.head, body: running };
}

/** A growing buffer; appending in place avoids holding an answer twice. */
class Room {
  #bytes = new ArrayBuffer(0);
  #size = 0;

  add(part: Uint8Array): void {
    const size = this.#size + part.length;
    if (size > this.#bytes.byteLength) {
      this.#bytes = this.#bytes.transfer(this.#size === 0 ? size : Math.max(size, Math.ceil(this.#size * 1.5)));
    }
    new Uint8Array(this.#bytes).set(part, this.#size);
    this.#size = size;
  }

  /** Returns all bytes and empties the buffer. */
  take(): Uint8Array<ArrayBuffer> {
    const bytes = new Uint8Array(this.#bytes.transfer(this.#size));
    this.#bytes = new ArrayBuffer(0);
    this.#size = 0;
    return bytes;
  }
}

/** Concatenates the parts of a body as they arrive, and frees each one at once. */
export async function collect(body: AsyncIterable<Uint8Array<ArrayBuffer>>): Promise<Uint8Array<ArrayBuffer>> {
  const room = new Room();
  for await (const part of body) {
    room.add(part);
    free(part);
  }
  return room.take();
}

/**
 * Frees the memory of a part that is no longer needed. The memory is outside of
 * the heap, where the garbage collector frees it late.
 */
export function free(part: Uint8Array<ArrayBuffer>): void {
  // A part that shares its memory with others is left to the collector.
  if (part.byteLength === part.buffer.byteLength) part.buffer.transfer(0);
}

class Exchange implements AnswerBody {
  readonly head: Promise<AnswerHead>;
  readonly #socket: Socket;
  readonly #options: ExchangeOptions;
  readonly #parser: AnswerParser;
  readonly #begun = Promise.withResolvers<AnswerHead>();
  #parts: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  /** Collects the parts while a caller waits for the whole body. */
  #room: Room | undefined;
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, options: ExchangeOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#parser = new AnswerParser(options.method);
    this.head = this.#begun.promise;
    // Avoids an unhandled rejection: `exchange` awaits the head later and sees the same error.
    this.head.catch(() => {});
    socket.on("data", this.#onData);
    socket.on("error", this.#fail);
    socket.on("end", this.#onEnd);
    socket.on("close", this.#onEnd);
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
    // The exchange before this one may have paused the socket.
    socket.resume();
    socket.write(options.bytes);
  }

  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const room = this.#room = new Room();
    for (const part of this.#parts.splice(0)) room.add(part);
    this.#waiting = 0;
    if (!this.#isOver) this.#socket.resume();
    while (!this.#isOver) await this.#change();
    if (this.#failure !== undefined) throw this.#told(this.#failure.error);
    return room.take();
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return new ReadableStream({
      pull: async (controller) => {
        const part = await this.#next();
        if (part === undefined) controller.close();
        else controller.enqueue(part);
      },
      cancel: () => this.cancel(),
    }, { highWaterMark: 0 });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    try {
      for (let part = await this.#next(); part !== undefined; part = await this.#next()) yield part;
    } finally {
      this.cancel();
    }
  }

  cancel(): void {
    this.#parts = [];
    this.#over(false);
  }

  async #next(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    for (;;) {
      const part = this.#parts.shift();
      if (part !== undefined) {
        this.#waiting -= part.length;
        if (this.#waiting < BUFFER_BYTES && !this.#isOver) this.#socket.resume();
        return part;
      }
      if (this.#failure !== undefined) throw this.#told(this.#failure.error);
      if (this.#isOver) return undefined;
      await this.#change();
    }
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#wake = resolve);
  }

  readonly #onData = (bytes: Uint8Array<ArrayBuffer>): void => {
    const hadHead = this.#parser.head !== undefined;
    try {
      for (const part of this.#parser.push(bytes)) this.#keep(part);
    } catch (error) {
      return this.#fail(error);
    }
    free(bytes);
    if (this.#waiting > BUFFER_BYTES) this.#socket.pause();
    const { head } = this.#parser;
    if (head !== undefined && !hadHead) this.#begun.resolve(head);
    if (this.#parser.isDone) this.#over(this.#parser.mayStay);
    this.#wake?.();
  };

  #keep(part: Uint8Array): void {
    if (this.#room !== undefined) return this.#room.add(part);
    this.#parts.push(new Uint8Array(part));
    this.#waiting += part.length;
  }

  readonly #onEnd = (): void => {
    if (this.#isOver) return;
    if (this.#parser.end()) this.#over(false);
    else this.#fail(Object.assign(new Error("unexpected EOF"), { code: "ECONNRESET" }));
    this.#wake?.();
  };

  #told(error: unknown): unknown {
    return this.#options.signal?.aborted ? this.#options.signal.reason : this.#options.describe(error);
  }

  readonly #onAbort = (): void => this.#fail(this.#options.signal?.reason);

  readonly #fail = (error: unknown): void => {
    if (this.#isOver) return;
    this.#failure = { error };
    this.#begun.reject(error);
    this.#over(false);
    this.#wake?.();
  };

  /** Releases the connection. */
  #over(mayStay: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    const socket = this.#socket;
    socket.off("data", this.#onData);
    socket.off("error", this.#fail);
    socket.off("end", this.#onEnd);
    socket.off("close", this.#onEnd);
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#options.release(mayStay);
  }
}
