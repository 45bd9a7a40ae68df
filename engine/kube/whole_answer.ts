/**
 * Answers whose body has arrived.
 *
 * A `Response` that is made from bytes copies them, and what it is read into
 * is another copy. All of them lie outside of the heap, where the collector
 * comes late: thousands of answers in a row would be hundreds of megabytes.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";

const utf8 = new TextDecoder();

/** An answer with its body at hand, which can be read once and is freed by that. `body` is `null`. */
export class WholeAnswer extends Response {
  #bytes: ArrayBuffer | undefined;

  /** Takes `bytes` over. */
  constructor(bytes: ArrayBuffer, { status, headers }: Pick<Response, "status" | "headers">) {
    super(null, { status, headers });
    this.#bytes = bytes;
  }

  override get bodyUsed(): boolean {
    return this.#bytes === undefined;
  }

  override text(): Promise<string> {
    return this.#take((bytes) => {
      const text = utf8.decode(bytes);
      bytes.transfer(0);
      return text;
    });
  }

  override async json(): Promise<unknown> {
    return parseJson(await this.text());
  }

  override arrayBuffer(): Promise<ArrayBuffer> {
    return this.#take((bytes) => bytes);
  }

  override bytes(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#take((bytes) => new Uint8Array(bytes));
  }

  // deno-lint-ignore require-await -- a second reading rejects, as that of any answer
  async #take<T>(read: (bytes: ArrayBuffer) => T): Promise<T> {
    const bytes = this.#bytes;
    if (bytes === undefined) throw new TypeError("Body already consumed.");
    this.#bytes = undefined;
    return read(bytes);
  }
}
