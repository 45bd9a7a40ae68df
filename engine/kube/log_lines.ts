/**
 * Lines of a stream of text.
 *
 * @module
 */

/** A longer line is cut into several: a log without line breaks must not fill the memory. */
const LINE_MAX = 64 * 1024;

/** Yields the lines of a stream without their line breaks; an incomplete last line, too. Bytes that are not UTF-8 become U+FFFD. */
export async function* longLines(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): AsyncGenerator<string> {
  if (body === null) return;
  let rest = "";
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) yield line.endsWith("\r") ? line.slice(0, -1) : line;
    while (rest.length > LINE_MAX) {
      yield rest.slice(0, LINE_MAX);
      rest = rest.slice(LINE_MAX);
    }
  }
  if (rest !== "") yield rest;
}
