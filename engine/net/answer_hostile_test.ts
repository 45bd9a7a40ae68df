import { ok } from "node:assert/strict";
import { damagedBytes, damagedText, type Dice, fuzz } from "../../tests/_lib/fuzz.ts";
import { AnswerParser } from "./answer_parser.ts";
import { NetworkFault } from "./fault.ts";

const ANSWERS = [
  'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\nX-A: b\r\n c\r\n\r\n{"items": []}',
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;x=y\r\nhello\r\n0a\r\n0123456789\r\n0\r\nT: x\r\n\r\n",
  "HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\n404 page not found\n",
  "HTTP/1.1 302 Found\nLocation: http://example.com/\nContent-Length: 0\n\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
];
const PIECES = [
  "\r\n",
  "\n",
  "\r\n\r\n",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "HTTP/1.1 ",
  "0\r\n\r\n",
  "ffffffffffffffff\r\n",
  ": ",
  "\x80",
  " ",
];

function damagedAnswer(dice: Dice): Uint8Array<ArrayBuffer> {
  const answer = dice.pick(ANSWERS);
  if (dice.oneIn(2)) return damagedBytes(dice, new TextEncoder().encode(answer));
  const at = dice.below(answer.length);
  const text = dice.oneIn(2) ? answer.slice(0, at) + dice.pick(PIECES) + answer.slice(at) : damagedText(dice, answer);
  return new TextEncoder().encode(text);
}

/** Feeds a parser in parts; gives how many bytes of body came out. */
function read(bytes: Uint8Array<ArrayBuffer>, partBytes: number): number {
  const parser = new AnswerParser("GET");
  let body = 0;
  try {
    for (let at = 0; at < bytes.length && !parser.isDone; at += partBytes) {
      for (const part of parser.push(bytes.slice(at, at + partBytes))) body += part.length;
    }
    parser.end();
  } catch (error) {
    ok(error instanceof NetworkFault, String(error));
    ok(error.message.length < 1000, "a long message");
  }
  return body;
}

Deno.test("AnswerParser reads any bytes as an answer, or refuses them with a fault of the network", () =>
  fuzz({
    make: (dice) => ({ bytes: damagedAnswer(dice), partBytes: dice.pick([1, 3, 7, 64, 100_000]) }),
    work: ({ bytes, partBytes }) => ok(read(bytes, partBytes) <= bytes.length),
    show: ({ bytes, partBytes }) => `${partBytes} ${bytes.toBase64()}`,
  }));

Deno.test("AnswerParser is soon done with heads that are long", () => {
  const head = "HTTP/1.1 200 OK\r\n";
  for (
    const more of [
      `A: x${" ".repeat(900_000)}y\r\n`,
      `A:${"\t".repeat(900_000)}\r\n`,
      `${" ".repeat(900_000)}A: x\r\n`,
      `A: x\r\n${" \r\n".repeat(200_000)}`,
      `${"\r\n ".repeat(200_000)}\r\n`,
      "A:b\r\n".repeat(100_000),
      Array.from({ length: 90_000 }, (_, at) => `A${at}:b\r\n`).join(""),
      Array.from({ length: 4_900 }, (_, at) => `A${at}:b\r\n`).join(""),
      `A:${`b${" ".repeat(90)}`.repeat(9_000)}\r\n`,
      "a".repeat(900_000),
    ]
  ) {
    const start = performance.now();
    read(new TextEncoder().encode(`${head}${more}\r\n\r\n`), 65_536);
    ok(performance.now() - start < 3000, JSON.stringify(more.slice(0, 20)));
  }
});
