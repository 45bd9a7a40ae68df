/**
 * Bodies that the server packed with gzip.
 *
 * @module
 */
import { type AnswerBody, collect } from "./exchange.ts";

/** Unpacks a body while it is read. */
export class UnpackedBody implements AnswerBody {
  readonly #packed: AnswerBody;
  readonly #stream: ReadableStream<Uint8Array<ArrayBuffer>>;

  constructor(packed: AnswerBody) {
    this.#packed = packed;
    this.#stream = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#stream;
  }

  bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return collect(this.#stream);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield* this.#stream;
  }

  cancel(): void {
    this.#packed.cancel();
  }
}
