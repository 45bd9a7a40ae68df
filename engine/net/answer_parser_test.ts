import { deepEqual, equal, throws } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer } from "node:net";
import { request } from "node:http";
import { AnswerParser } from "./answer_parser.ts";

interface Read {
  readonly status: number;
  readonly text: string;
  readonly headers: Record<string, string>;
  readonly isDone: boolean;
  readonly mayStay: boolean;
}

/** Reads an answer that arrives in parts of `size` bytes. */
function read(answer: string, size: number, method = "GET"): Read {
  const parser = new AnswerParser(method);
  const bytes = new Uint8Array(Buffer.from(answer, "latin1"));
  let text = "";
  for (let at = 0; at < bytes.length; at += size) {
    for (const part of parser.push(bytes.slice(at, at + size))) text += Buffer.from(part).toString("latin1");
  }
  if (!parser.isDone) parser.end();
  const { head, isDone, mayStay } = parser;
  return { status: head?.status ?? 0, text, headers: Object.fromEntries(head?.headers ?? []), isDone, mayStay };
}

const GOOD: readonly string[] = [
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A:  b c \r\n\r\nhello",
  "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6;a=b\r\n world\r\n0\r\nTrailer: x\r\n\r\n",
  "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\nA\r\n0123456789\r\n0\r\n\r\n",
  "HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nno",
  "HTTP/1.1 200 OK\r\nX: 1\r\nX: 2\r\n\r\nuntil the end",
  "HTTP/1.0 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n1",
  "HTTP/1.1 204 No Content\r\n\r\n",
];

Deno.test("AnswerParser reads the same however an answer is cut into parts", () => {
  for (const answer of GOOD) {
    const whole = read(answer, answer.length);
    equal(whole.isDone, true, answer);
    for (const size of [1, 2, 3, 7, 64]) deepEqual(read(answer, size), whole, `${size}: ${answer}`);
  }
  deepEqual(read(GOOD[2] ?? "", 4).text, "hello world");
  deepEqual(read(GOOD[0] ?? "", 4).headers, { "content-length": "5", "x-a": "b c" });
  deepEqual(GOOD.map((answer) => read(answer, 9).mayStay), [true, true, true, true, true, false, true, true, true]);
});

Deno.test("AnswerParser reads what node:http reads", async () => {
  // node:http refuses an answer that states its length twice; Go accepts it.
  for (const answer of GOOD.filter((each) => !each.includes("Length: 2\r\nContent-Length"))) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.end(Buffer.from(answer, "latin1")));
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as { port: number };
    const [status, text] = await new Promise<[number | undefined, string]>((resolve, reject) => {
      request({ port, host: "127.0.0.1", agent: false }, (got) => {
        let body = "";
        got.setEncoding("latin1").on("data", (part) => body += part).on("end", () => resolve([got.statusCode, body]));
      }).on("error", reject).end();
    });
    server.close();
    const own = read(answer, answer.length);
    deepEqual([own.status, own.text], [status, text], answer);
  }
});

Deno.test("AnswerParser refuses what is no answer, and what two readers could read differently", () => {
  const bad: readonly [answer: string, message: RegExp][] = [
    ["SSH-2.0-OpenSSH_9\r\n", /malformed HTTP response "SSH-2\.0-OpenSSH_9"$/],
    ["\x15\x03\x01\x00\x02\x02\x46", /malformed HTTP response "\?\?\?\?\?\?F"$/],
    ["HTTP/2 200 OK\r\n\r\n", /malformed HTTP response "HTTP\/2 200 OK"/],
    ["HTTP/1.1 20 OK\r\n\r\n", /malformed HTTP response/],
    ["HTTP/1.1 999 OK\r\n\r\n", /malformed HTTP response/],
    ["HTTP/1.1 200 OK\r\nno colon\r\n\r\n", /malformed MIME header line$/],
    ["HTTP/1.1 200 OK\r\nA B: c\r\n\r\n", /malformed MIME header line$/],
    ["HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n", /bad Content-Length "2, 3"$/],
    ["HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n", /bad Content-Length/],
    ["HTTP/1.1 200 OK\r\nContent-Length: 1e3\r\n\r\n", /bad Content-Length/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", /unsupported transfer encoding/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", /invalid byte in chunk length$/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n", /invalid byte in chunk length$/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n", /invalid byte in chunk length$/],
    ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n", /malformed chunked encoding$/],
    ["HTTP/1.1 101 Switching Protocols\r\n\r\n", /1xx/],
    ["HTTP/1.1 102 Processing\r\n\r\n".repeat(6), /too many 1xx informational responses$/],
    [`HTTP/1.1 200 OK\r\nA: ${"b".repeat(1_100_000)}`, /response headers exceeded 1048576 bytes/],
    [`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1".repeat(70_000)}`, /header line too long$/],
  ];
  for (const [answer, message] of bad) {
    for (const size of [5, answer.length]) {
      if (answer.length > 10_000 && size === 5) continue;
      // With small parts the message quotes less of the text, because less has arrived.
      const fits = (error: Error): boolean => size === 5 || message.test(error.message);
      throws(() => read(answer, size), fits, answer.slice(0, 80));
    }
  }
});

Deno.test("AnswerParser takes lines that end without a carriage return, and lines that go on", () => {
  const { status, text, headers } = read("HTTP/1.1 200 OK\nA: b\n c\nContent-Length: 2\n\nok", 5);
  deepEqual([status, text, headers], [200, "ok", { "a": "b c", "content-length": "2" }]);
});
