import { deepEqual, equal } from "node:assert/strict";
import { longLines } from "./log_lines.ts";

async function linesOf(...parts: (string | Uint8Array<ArrayBuffer>)[]): Promise<string[]> {
  const encoder = new TextEncoder();
  const body = ReadableStream.from(parts.map((part) => typeof part === "string" ? encoder.encode(part) : part));
  return await Array.fromAsync(longLines(body));
}

Deno.test("longLines() joins parts of a line, and yields an incomplete last one", async () => {
  deepEqual(await linesOf("a", "b\nc\r\n\n", "d"), ["ab", "c", "", "d"]);
  deepEqual(await linesOf(), []);
  deepEqual(await linesOf("a\n"), ["a"]);
  deepEqual(await Array.fromAsync(longLines(null)), []);
});

Deno.test("longLines() cuts a line that never ends, and reads characters that are split between parts", async () => {
  const lines = await linesOf(..."x".repeat(150).split("").map((letter) => letter.repeat(1024)));
  equal(lines.join("").length, 150 * 1024);
  equal(Math.max(...lines.map(({ length }) => length)), 64 * 1024);
  const [first, second] = [new Uint8Array([0xc3]), new Uint8Array([0xa9, 0x0a, 0xff])];
  deepEqual(await linesOf(first, second), ["é", "\ufffd"]);
});
