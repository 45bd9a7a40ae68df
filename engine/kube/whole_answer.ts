/**
 * Answers with a complete body.
 *
 * A `Response` copies the bytes that it is made from, and reading it makes another copy. These copies are
 * outside the heap and collected late: thousands of answers in a row would take hundreds of megabytes.
 *
 * @module
 */
import { parseJson } from "../base/mod.ts";

const utf8 = new TextDecoder();

/** An answer with a complete body, which can be read once; reading frees it. `body` is `null`. */
export class WholeAnswer extends Response {
  #bytes: ArrayBuffer | undefined;

  /** Takes ownership of `bytes`. */
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

  // deno-lint-ignore require-await -- a second read rejects, as with any Response
  async #take<T>(read: (bytes: ArrayBuffer) => T): Promise<T> {
    const bytes = this.#bytes;
    if (bytes === undefined) throw new TypeError("Body already consumed.");
    this.#bytes = undefined;
    return read(bytes);
  }
}
