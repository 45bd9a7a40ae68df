/** Requests that the server of `skeg ui` refuses, sent over raw sockets. */
import { deepEqual, equal, match, notEqual, ok } from "node:assert/strict";
import { connect } from "node:http2";
import { rawRequest, requestText, tokenOf, withUi } from "./_server.ts";

const API = "/api/v1/contexts";

Deno.test("a request with another Host is refused with 421, whatever else it has", () =>
  withUi({}, async ({ port, token }) => {
    const wrong = [
      `evil.example:${port}`,
      "127.0.0.1",
      "localhost",
      `127.0.0.1:${port + 1}`,
      `127.0.0.1.evil.example:${port}`,
      `evil.example`,
      `127.0.0.1:${port}@evil.example`,
      `LOCALHOST:${port}`,
      `0.0.0.0:${port}`,
      `127.1:${port}`,
      `localhost.:${port}`,
    ];
    for (const host of wrong) {
      for (const path of ["/", "/main.js", API]) {
        const { status } = await rawRequest(
          port,
          requestText(`GET ${path}`, { Host: host, Authorization: `Bearer ${token}` }),
        );
        ok(status === 421 || status === 400, `${host} ${path}: ${status}`);
      }
    }
    for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
      equal((await rawRequest(port, requestText("GET /", { Host: host }))).status, 200, host);
    }
  }));

Deno.test("a request without Host, with two, or with an absolute address of another site is refused", () =>
  withUi({}, async ({ port, token }) => {
    const own = `127.0.0.1:${port}`;
    const authorization = { Authorization: `Bearer ${token}` };
    const none = await rawRequest(port, requestText(`GET ${API}`, authorization));
    ok(none.status === 421 || none.status === 400, `${none.status}`);
    const two = await rawRequest(
      port,
      `GET ${API} HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
    );
    ok(two.status === 421 || two.status === 400, `${two.status}`);
    const absolute = await rawRequest(
      port,
      requestText(`GET http://evil.example:${port}${API}`, { Host: own, ...authorization }),
    );
    ok(absolute.status === 421 || absolute.status === 400, `${absolute.status}`);
  }));

Deno.test("a request over HTTP/2 with another authority is refused", () =>
  withUi({}, async ({ port, token }) => {
    const session = connect(`http://127.0.0.1:${port}`);
    // A server may also end the connection.
    session.on("error", () => {});
    const status = await new Promise<number>((resolve) => {
      session.on("close", () => resolve(0));
      const stream = session.request({
        ":path": API,
        ":authority": `evil.example:${port}`,
        authorization: `Bearer ${token}`,
      });
      stream.on("response", (headers) => resolve(Number(headers[":status"])));
      stream.on("error", () => resolve(0));
      stream.end();
    });
    session.destroy();
    ok(status === 421 || status === 400 || status === 0, `${status}`);
  }));

Deno.test("a request of another origin or site is refused, and a document may be opened from nowhere", () =>
  withUi({}, async ({ port, token }) => {
    const headers = { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}` };
    const statusOf = async (path: string, more: Record<string, string>): Promise<number> =>
      (await rawRequest(port, requestText(`GET ${path}`, { ...headers, ...more }))).status;
    for (
      const origin of ["https://evil.example", "null", `http://localhost:${port}`, `https://127.0.0.1:${port}`, ""]
    ) {
      equal(await statusOf(API, { Origin: origin }), 403, origin);
    }
    equal(await statusOf(API, { Origin: `http://127.0.0.1:${port}` }), 200);
    for (const site of ["cross-site", "same-site", "none", "anything"]) {
      equal(await statusOf(API, { "Sec-Fetch-Site": site }), 403, site);
    }
    equal(await statusOf(API, { "Sec-Fetch-Site": "same-origin" }), 200);
    equal(await statusOf("/", { "Sec-Fetch-Site": "none" }), 200);
    equal(await statusOf("/r/sandbox/default/web", { "Sec-Fetch-Site": "none" }), 200);
    equal(await statusOf("/main.js", { "Sec-Fetch-Site": "none" }), 403);
    equal(await statusOf("/", { "Sec-Fetch-Site": "cross-site" }), 403);
    equal(await statusOf("/", { "Sec-Fetch-Site": "none", "Sec-Fetch-Dest": "iframe" }), 403);
  }));

Deno.test("only GET and POST are answered, and no answer has a header of CORS", () =>
  withUi({}, async ({ port, token }) => {
    const headers = { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}` };
    for (const method of ["OPTIONS", "HEAD", "PUT", "DELETE", "PATCH", "TRACE", "BREW"]) {
      const answer = await rawRequest(port, requestText(`${method} ${API}`, headers));
      equal(answer.status, 405, method);
      deepEqual([...answer.headers.keys()].filter((name) => name.startsWith("access-control")), []);
    }
    const good = await rawRequest(port, requestText(`GET ${API}`, headers));
    equal(good.status, 200);
    deepEqual([...good.headers.keys()].filter((name) => name.startsWith("access-control")), []);
    equal((await rawRequest(port, requestText(`POST ${API}`, headers, "{}"))).status, 405);
    equal((await rawRequest(port, requestText("POST /", headers, "{}"))).status, 405);
  }));

Deno.test("every answer has the headers that keep other pages out", () =>
  withUi({}, async ({ port, token }) => {
    const own = { Host: `127.0.0.1:${port}` };
    const requests = [
      requestText("GET /", own),
      requestText("GET /main.js", own),
      requestText(`GET ${API}`, own),
      requestText(`GET ${API}`, { ...own, Authorization: `Bearer ${token}` }),
      requestText("GET /api/v1/nothing", { ...own, Authorization: `Bearer ${token}` }),
      requestText("GET /", { Host: "evil.example" }),
      requestText("OPTIONS /", own),
      requestText("POST /session", { ...own, "Content-Type": "application/json" }, '{"code":"x"}'),
    ];
    for (const request of requests) {
      const { headers } = await rawRequest(port, request);
      const csp = headers.get("content-security-policy") ?? "";
      match(csp, /default-src 'none'; script-src 'self' 'sha256-test'; style-src 'self'; connect-src 'self'/);
      match(csp, /frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'$/);
      equal(headers.get("x-frame-options"), "DENY");
      equal(headers.get("x-content-type-options"), "nosniff");
      equal(headers.get("referrer-policy"), "no-referrer");
      equal(headers.get("cross-origin-opener-policy"), "same-origin");
      equal(headers.get("cross-origin-resource-policy"), "same-origin");
      match(headers.get("cache-control") ?? "", /^no-(?:store|cache)$/);
      equal(headers.get("set-cookie"), null);
    }
  }));

Deno.test("the API needs a token; a start code works once and for a minute", async () => {
  let now = 1_600_000_000_000;
  await withUi({ now: () => now }, async ({ server, port }) => {
    const own = { Host: `127.0.0.1:${port}`, "Content-Type": "application/json" };
    const exchange = (code: string) => rawRequest(port, requestText("POST /session", own, JSON.stringify({ code })));
    equal((await rawRequest(port, requestText(`GET ${API}`, own))).status, 401);
    equal((await rawRequest(port, requestText(`GET ${API}`, { ...own, Cookie: "token=x" }))).status, 401);
    const codeOf = async (): Promise<string> => (await server.start()).split("#k=")[1] ?? "";
    const [first, second] = [await codeOf(), await codeOf()];
    notEqual(first, second);
    // A new code ends the one before.
    equal((await exchange(first)).status, 401);
    const { token } = JSON.parse((await exchange(second)).body);
    match(token, /^[\w-]{43}$/);
    equal((await exchange(second)).status, 401);
    equal(
      (await rawRequest(port, requestText(`GET ${API}`, { ...own, Authorization: `Bearer ${token}` }))).status,
      200,
    );
    const third = await codeOf();
    now += 60_001;
    equal((await exchange(third)).status, 401);
    // Tokens last as long as the server.
    equal(
      (await rawRequest(port, requestText(`GET ${API}`, { ...own, Authorization: `Bearer ${token}` }))).status,
      200,
    );
  });
});

Deno.test("ten different wrong tokens end the server; the same one again counts once", () =>
  withUi({}, async ({ server, port }) => {
    const ask = (token: string) =>
      rawRequest(port, requestText(`GET ${API}`, { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}` }));
    for (let count = 0; count < 30; count++) equal((await ask("the-same-one")).status, 401);
    for (let count = 0; count < 8; count++) equal((await ask(`guess-${count}`)).status, 401);
    equal(await Promise.race([server.finished, Promise.resolve("runs")]), "runs");
    await ask("guess-last").catch(() => undefined);
    equal(await server.finished, "guesses");
  }));

Deno.test("a body that is too large, of another type or not JSON is refused", () =>
  withUi({}, async ({ port, token }) => {
    const own = { Host: `127.0.0.1:${port}`, Authorization: `Bearer ${token}` };
    const json = { ...own, "Content-Type": "application/json" };
    const path = "POST /api/v1/releases/health";
    equal((await rawRequest(port, requestText(path, own, '{"ids":[]}'))).status, 400);
    equal(
      (await rawRequest(port, requestText(path, { ...own, "Content-Type": "text/plain" }, '{"ids":[]}'))).status,
      400,
    );
    equal((await rawRequest(port, requestText(path, json, "{"))).status, 400);
    equal((await rawRequest(port, requestText(path, json, "[]"))).status, 400);
    equal((await rawRequest(port, requestText(path, json, "[".repeat(100_000)))).status, 400);
    equal((await rawRequest(port, requestText(path, json, '{"ids":[]}'))).status, 200);
    // The header alone is enough: nothing is read.
    const claimed = `${path} HTTP/1.1\r\nHost: ${own.Host}\r\nAuthorization: ${own.Authorization}\r\n` +
      `Content-Type: application/json\r\nContent-Length: 5242881\r\nConnection: close\r\n\r\n{`;
    equal((await rawRequest(port, claimed)).status, 413);
    equal((await rawRequest(port, requestText(path, json, `{"a":"${"x".repeat(5 * 1024 * 1024)}"}`))).status, 413);
    const long = await rawRequest(port, requestText(`GET ${API}?a=${"x".repeat(9000)}`, own));
    ok(long.status === 414 || long.status === 431, `${long.status}`);
  }));

Deno.test("routes that write or show secrets do not exist without their flags", async () => {
  const writes = ["/plans/0123/apply", "/secrets/reveal"];
  await withUi({}, async ({ ask }) => {
    for (const path of writes) {
      const answer = await ask(path, {});
      equal(answer.status, 404, path);
      equal((await answer.json()).error.message, "there is no such route");
    }
  });
  await withUi({ allowWrite: true, allowSecrets: true }, async ({ ask }) => {
    equal((await (await ask("/plans/0123/apply", {})).json()).error.message, "there is no such plan");
    equal(
      (await (await ask("/secrets/reveal", {})).json()).error.message,
      "the field ctx must be a text that is not empty",
    );
  });
});

Deno.test("the server listens on the loopback address alone", () =>
  withUi({}, async ({ port, server }) => {
    equal(new URL(server.url).hostname, "127.0.0.1");
    const addresses = Deno.networkInterfaces().map(({ address }) => address)
      .filter((address) => address !== "127.0.0.1" && !address.startsWith("fe80"));
    for (const hostname of addresses) {
      const refused = await Deno.connect({ hostname, port }).then((socket) => {
        socket.close();
        return false;
      }, () => true);
      ok(refused, hostname);
    }
  }));

Deno.test("a server without a tab ends after its time, and not while a stream is open", async () => {
  let now = 1_600_000_000_000;
  await withUi({ idleMinutes: 0.001, now: () => now }, async ({ ask, server }) => {
    const stream = await ask("/events");
    now += 3_600_000;
    await new Promise((resolve) => setTimeout(resolve, 200));
    equal(await Promise.race([server.finished, Promise.resolve("runs")]), "runs");
    await stream.body?.cancel();
    const step = setInterval(() => now += 1000, 20);
    try {
      equal(await server.finished, "idle");
    } finally {
      clearInterval(step);
    }
  });
});

Deno.test("tokenOf() gives each tab a token of its own", () =>
  withUi({}, async ({ server, token }) => {
    notEqual(await tokenOf(server), token);
  }));
