import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { createServer, type RequestListener } from "node:http";
import { createServer as createTcpServer, type Socket } from "node:net";
import { gzipSync } from "node:zlib";
import { testServer } from "../../tests/_lib/tls_server.ts";
import { type HttpClient, type HttpRequest, openHttp, responseOf } from "./client.ts";
import type { NetworkFault } from "./fault.ts";

/** Runs `action` with a client and the address of a server without TLS. */
async function serving(
  listener: RequestListener,
  action: (client: HttpClient, url: string) => Promise<void>,
): Promise<void> {
  const server = await testServer(undefined, listener);
  const client = openHttp({ variables: {} });
  try {
    await action(client, `http://127.0.0.1:${server.port}/`);
  } finally {
    client.close();
    await server.close();
  }
}

/** Runs `action` with a server that sends these texts on each connection, one for each request. */
async function talking(
  answers: readonly string[],
  action: (client: HttpClient, url: string, connections: () => number) => Promise<void>,
): Promise<void> {
  let connections = 0;
  const open = new Set<Socket>();
  let at = 0;
  const server = createTcpServer((socket) => {
    connections++;
    open.add(socket);
    socket.on("error", () => {});
    socket.on("data", () => {
      const text = answers[at++];
      if (text === undefined) socket.destroy();
      else if (text.endsWith("|")) socket.end(Buffer.from(text.slice(0, -1), "latin1"));
      else socket.write(Buffer.from(text, "latin1"));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = openHttp({ variables: {} });
  try {
    await action(client, `http://127.0.0.1:${port}/`, () => connections);
  } finally {
    client.close();
    for (const socket of open) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  }
}

const get = (url: string, more: Partial<HttpRequest> = {}): HttpRequest => ({ method: "GET", url, ...more });

async function text(client: HttpClient, request: HttpRequest): Promise<string> {
  const { body } = await client.send(request);
  return new TextDecoder().decode(await body.bytes());
}

Deno.test("a request carries its line, headers and body as they are given", async () => {
  let raw = "";
  const server = createTcpServer((socket) => {
    socket.on("data", (bytes) => {
      raw += bytes;
      if (raw.endsWith("ä1")) socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = openHttp({ variables: {} });
  const headers = [["Impersonate-Group", "a"], ["Impersonate-Group", "b"], ["X", "é日"]] as const;
  await client.send({ method: "PATCH", url: `http://user:pw@localhost:${port}/a%20b?c=d#e`, headers, body: "ä1" });
  client.close();
  await new Promise((resolve) => server.close(resolve));
  equal(
    raw,
    `PATCH /a%20b?c=d HTTP/1.1\r\nHost: localhost:${port}\r\nImpersonate-Group: a\r\nImpersonate-Group: b\r\n` +
      `X: é日\r\nContent-Length: 3\r\n\r\nä1`,
  );
});

Deno.test("headers that would become others are refused, and not told", async () => {
  const client = openHttp({ variables: {} });
  for (
    const [name, value] of [["A", "secret\r\nB: c"], ["A", "secret\0"], ["A", "secret\x7f"], [
      "A\r\nB",
      "secret",
    ]] as const
  ) {
    await rejects(client.send(get("http://127.0.0.1:1/", { headers: [[name, value]] })), (error: Error) => {
      ok(/^net\/http: invalid header field (?:name|value for key) "A/.test(error.message));
      return !error.message.includes("secret");
    });
  }
  client.close();
});

Deno.test("a connection is used again when its answer is complete, and not when more came or it is to close", async () => {
  const plain = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  await talking([plain, plain, plain], async (client, url, connections) => {
    for (let count = 0; count < 3; count++) equal(await text(client, get(url)), "ok");
    equal(connections(), 1);
  });
  for (
    const first of [
      `${plain}more`,
      "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "HTTP/1.1 200 OK\r\n\r\nok|",
    ]
  ) {
    await talking([first, plain], async (client, url, connections) => {
      equal(await text(client, get(url)), "ok", first);
      equal(await text(client, get(url)), "ok", first);
      equal(connections(), 2, first);
    });
  }
});

Deno.test("a body that breaks off is a fault of kind cut, before the head and within the body", async () => {
  const cut = async (answer: string): Promise<void> =>
    await talking([answer], async (client, url) => {
      await rejects(text(client, get(url)), { name: "NetworkFault", kind: "cut" });
    });
  await cut("|");
  await cut("HTTP/1.1 200|");
  await cut("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok|");
  await cut("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n|");
});

Deno.test("large answers come whole however slowly they are read, on a connection that is used again", async () => {
  const large = Buffer.alloc(5_000_000, "0123456789");
  await serving((_request, answer) => void answer.end(large), async (client, url) => {
    for (let round = 0; round < 3; round++) {
      const { body } = await client.send(get(url));
      let size = 0;
      for await (const part of body) {
        size += part.length;
        if (size % 7 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      }
      equal(size, large.length);
      equal((await (await responseOf(await client.send(get(url))).bytes())).length, large.length);
    }
  });
});

Deno.test("a connection that was held back at the end of an answer goes on with the next one", async () => {
  // For one of these sizes the last part of the answer is the one that pauses the socket.
  const sizes = [1_050_000, 1_080_000, 1_100_000, 1_120_000];
  await serving(
    (request, answer) => void answer.end(Buffer.alloc(Number(request.url?.slice(1)))),
    async (client, url) => {
      for (const size of sizes) {
        const { body } = await client.send(get(url + size));
        await new Promise((resolve) => setTimeout(resolve, 50));
        equal((await body.bytes()).length, size);
      }
    },
  );
});

Deno.test("what the server packed is unpacked; within this machine nothing is packed", async () => {
  const words = "so many words ".repeat(10_000);
  const seen: unknown[] = [];
  await serving((request, answer) => {
    seen.push(request.headers["accept-encoding"]);
    const packs = request.headers["accept-encoding"] === "gzip";
    if (packs) answer.setHeader("content-encoding", "gzip");
    answer.end(packs ? gzipSync(words) : words);
  }, async (client, url) => {
    const proxied = openHttp({ proxyUrl: new URL(url).origin });
    for (
      const each of [
        get(url),
        get("http://elsewhere.test/"),
        get("http://elsewhere.test/", { headers: [["accept-encoding", "identity"]] }),
      ]
    ) {
      seen.length = 0;
      equal(await text(proxied, each), words);
      equal(await responseOf(await proxied.send(each)).text(), words);
      equal(seen[0], each.url === url ? undefined : each.headers === undefined ? "gzip" : "identity");
    }
    proxied.close();
    equal(await text(client, get(url)), words);
  });
});

Deno.test("answers without a body, interim answers, and several requests at once", async () => {
  await talking(
    [
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ],
    async (client, url, connections) => {
      const first = await client.send(get(url));
      deepEqual([first.status, first.statusText, await text(client, get(url))], [204, "No Content", ""]);
      equal(connections(), 1);
    },
  );
  await talking(["HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"], async (client, url) => {
    equal(await text(client, { method: "HEAD", url }), "");
  });
  await serving((request, answer) => void setTimeout(() => answer.end(request.url), 20), async (client, url) => {
    const names = Array.from({ length: 20 }, (_, index) => `${index}`);
    deepEqual(await Promise.all(names.map((name) => text(client, get(url + name)))), names.map((name) => `/${name}`));
  });
});

Deno.test("a signal ends a request while it is opened, waits, or is answered, with its own reason", async () => {
  const reason = new Error("enough");
  await serving((request, answer) => {
    if (request.url === "/slow") return;
    answer.write("begun");
  }, async (client, url) => {
    for (const path of ["slow", "stream"]) {
      const controller = new AbortController();
      const running = text(client, get(url + path, { signal: controller.signal }));
      setTimeout(() => controller.abort(reason), 30);
      await rejects(running, reason);
    }
    await rejects(text(client, get(url, { signal: AbortSignal.abort(reason) })), reason);
  });
  // A server that accepts the connection and sends nothing.
  const silent = createTcpServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
  const client = openHttp({ variables: {} });
  const controller = new AbortController();
  const port = (silent.address() as { port: number }).port;
  const running = client.send(get(`https://127.0.0.1:${port}/`, { signal: controller.signal }));
  setTimeout(() => controller.abort(reason), 50);
  await rejects(running, reason);
  client.close();
  silent.close();
});

Deno.test("close() ends what is on its way", async () => {
  const server = createServer(() => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = openHttp({ variables: {} });
  const waiting = client.send(get(`http://127.0.0.1:${port}/`));
  setTimeout(() => client.close(), 30);
  await rejects(waiting, (error: NetworkFault) => error.kind === "cut");
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
