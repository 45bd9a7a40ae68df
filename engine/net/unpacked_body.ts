/**
 * Decompresses bodies that the server compressed with gzip.
 *
 * @module
 */
import { type AnswerBody, collect, free } from "./exchange.ts";

/** A body that is decompressed while it is read. */
export class UnpackedBody implements AnswerBody {
  readonly #packed: AnswerBody;

  constructor(packed: AnswerBody) {
    this.#packed = packed;
  }

  stream(): ReadableStream<Uint8Array<ArrayBuffer>> {
    return this.#packed.stream().pipeThrough(new DecompressionStream("gzip"));
  }

  /** Decompresses each part as it arrives. */
  async bytes(): Promise<Uint8Array<ArrayBuffer>> {
    const { readable, writable } = new DecompressionStream("gzip");
    const [all] = await Promise.all([collect(readable), this.#feed(writable.getWriter())]);
    return all;
  }

  async #feed(writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      for await (const part of this.#packed) {
        await writer.write(part);
        free(part);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {});
      throw error;
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    yield* this.stream();
  }

  cancel(): void {
    this.#packed.cancel();
  }
}
