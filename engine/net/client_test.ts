import { deepEqual, equal } from "node:assert/strict";
import { authority, serverBy } from "../../tests/_lib/certificates.ts";
import { httpProxy, socksProxy, type TestProxy } from "../../tests/_lib/proxies.ts";
import { type TestServer, testServer } from "../../tests/_lib/tls_server.ts";
import { type HttpOptions, type HttpRequest, openHttp } from "./client.ts";
import { NetworkFault } from "./fault.ts";

const root = authority();
const inside = serverBy(root, { dns: ["k8s.internal.test", "proxy.test"], ips: ["127.0.0.1"] });

/** Sends one request with a new client; returns status and body. */
async function ask(url: string, options: HttpOptions = {}, more: Partial<HttpRequest> = {}): Promise<string> {
  const client = openHttp({ variables: {}, ...options });
  try {
    const answer = await client.send({ method: "GET", url, ...more });
    return `${answer.status} ${new TextDecoder().decode(await answer.body.bytes())}`;
  } finally {
    client.close();
  }
}

async function fault(url: string, options: HttpOptions = {}): Promise<NetworkFault> {
  try {
    await ask(url, options);
  } catch (error) {
    if (error instanceof NetworkFault) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

/** Runs `action` with servers and proxies that are closed afterwards. */
async function having<T extends (TestServer | TestProxy)[]>(
  opening: [...{ [K in keyof T]: Promise<T[K]> }],
  action: (...opened: T) => Promise<void>,
): Promise<void> {
  const opened = await Promise.all(opening) as T;
  try {
    await action(...opened);
  } finally {
    for (const each of opened) await each.close();
  }
}

const secureServer = (): Promise<TestServer> => testServer({ cert: inside.cert, key: inside.key });

Deno.test("send() goes through each kind of proxy to a server that the proxy alone can find", async () => {
  await having([secureServer(), testServer(undefined)], async (secure, plain) => {
    const https = `https://k8s.internal.test:${secure.port}/x?y=z`;
    const http = `http://k8s.internal.test:${plain.port}/x?y=z`;
    const user = "Basic " + btoa("me:p@ss");
    await having(
      [
        httpProxy(),
        httpProxy({ tls: inside }),
        socksProxy(),
        httpProxy({ wants: user }),
        socksProxy({ name: "me", password: "p@ss" }),
      ],
      async (connect, overTls, socks, asking, socksAsking) => {
        const schemes: [string, TestProxy][] = [
          [`http://127.0.0.1:${connect.port}`, connect],
          [`127.0.0.1:${connect.port}`, connect],
          [`https://127.0.0.1:${overTls.port}`, overTls],
          [`socks5://127.0.0.1:${socks.port}`, socks],
          [`http://me:p%40ss@127.0.0.1:${asking.port}`, asking],
          [`socks5://me:p%40ss@127.0.0.1:${socksAsking.port}`, socksAsking],
        ];
        for (const [proxy] of schemes) {
          const variables = { HTTPS_PROXY: proxy, HTTP_PROXY: proxy };
          equal(await ask(https, { ca: root.cert, variables }), '200 {"ok":true}', proxy);
          equal(await ask(http, { ca: root.cert, variables }), '200 {"ok":true}', proxy);
        }
        const [secureHost, plainHost] = [`k8s.internal.test:${secure.port}`, `k8s.internal.test:${plain.port}`];
        deepEqual(connect.seen, Array(2).fill([`CONNECT ${secureHost}`, `GET http://${plainHost}/x?y=z`]).flat());
        deepEqual(overTls.seen, [`CONNECT ${secureHost}`, `GET http://${plainHost}/x?y=z`]);
        deepEqual(socks.seen, [`SOCKS ${secureHost}`, `SOCKS ${plainHost}`]);
        deepEqual(asking.seen, [`CONNECT ${secureHost} ${user}`, `GET http://${plainHost}/x?y=z ${user}`]);
        deepEqual(socksAsking.seen, [`SOCKS ${secureHost} me:p@ss`, `SOCKS ${plainHost} me:p@ss`]);
      },
    );
    deepEqual([...new Set([...secure.seen, ...plain.seen])], ["GET /x?y=z"]);
  });
});

Deno.test("send() goes through the proxy with insecure, serverName and proxyUrl as well", async () => {
  await having([secureServer(), httpProxy(), httpProxy()], async (server, proxy, other) => {
    const url = `https://k8s.internal.test:${server.port}/`;
    const variables = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` };
    equal(await ask(url, { insecure: true, variables }), '200 {"ok":true}');
    equal(
      await ask(`https://elsewhere.test:${server.port}/`, { ca: root.cert, serverName: "proxy.test", variables }),
      '200 {"ok":true}',
    );
    equal(proxy.seen.length, 2);
    // The kubeconfig's proxy has priority over all variables, NO_PROXY included, and is used for loopback addresses too.
    const fixed = {
      proxyUrl: `http://127.0.0.1:${other.port}`,
      variables: { ...variables, NO_PROXY: "*" },
      ca: root.cert,
    };
    equal(await ask(url, fixed), '200 {"ok":true}');
    equal(await ask(`https://127.0.0.1:${server.port}/`, fixed), '200 {"ok":true}');
    deepEqual([proxy.seen.length, other.seen.length], [2, 2]);
    equal(await ask(`https://127.0.0.1:${server.port}/`, { ca: root.cert, variables }), '200 {"ok":true}');
    equal(proxy.seen.length, 2);
  });
});

Deno.test("a proxy that fails or refuses is named, without what opens it, and Go's words come first", async () => {
  const cases: [open: () => Promise<TestProxy>, scheme: string, message: RegExp, hint: RegExp][] = [
    [() => httpProxy({ refuse: "403 Forbidden" }), "http", /^Forbidden$/, /HTTPS_PROXY names refused/],
    [
      () => httpProxy({ wants: "Basic x" }),
      "http",
      /^Proxy Authentication Required$/,
      /a name and a password; .* HTTPS_PROXY/,
    ],
    [() => httpProxy({ refuse: "502 \u001b[31mred" }), "http", /^\?\[31mred$/, /NO_PROXY/],
    [() => httpProxy(), "https", /^proxyconnect tcp: http: server gave HTTP response to HTTPS client$/, /http:\/\//],
    [() => httpProxy(), "socks5", /^(socks connect: unexpected protocol version|proxyconnect tcp: EOF)/, /NO_PROXY/],
    [
      () => socksProxy({ name: "me", password: "other" }),
      "socks5",
      /^socks connect: username\/password authentication failed$/,
      /refused/,
    ],
  ];
  for (const [open, scheme, message, hint] of cases) {
    await having([open()], async (proxy) => {
      const place = `127.0.0.1:${proxy.port}`;
      const failed = await fault("https://example.test/", {
        variables: { HTTPS_PROXY: `${scheme}://me:hunter2@${place}`, SSL_CERT_FILE: "/dev/null" },
      });
      equal(message.test(failed.message), true, `${scheme}: ${failed.message}`);
      equal(hint.test(failed.hint ?? ""), true, `${scheme}: ${failed.hint}`);
      equal(failed.proxy, `${scheme}://***@${place} (from HTTPS_PROXY)`);
      equal(failed.advice?.startsWith(`The request went through the proxy ${failed.proxy}.`), true);
      equal(Deno.inspect(failed, { depth: 10 }).includes("hunter2"), false);
    });
  }
  const refused = await fault("https://example.test/", { proxyUrl: "http://127.0.0.1:1" });
  equal(refused.message, "proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused");
  equal(refused.kind, "refused");
  equal(refused.proxy, "http://127.0.0.1:1 (from proxy-url)");
  const socks = await socksProxy();
  const nowhere = await fault("https://example.test:1/", { proxyUrl: `socks5://127.0.0.1:${socks.port}` });
  equal(nowhere.message, "socks connect: connection refused");
  await socks.close();
});

Deno.test("a proxy over TLS must be who it should be, as the server must", async () => {
  await having(
    [secureServer(), httpProxy({ tls: serverBy(authority("else"), { dns: ["proxy.test"] }) })],
    async (server, proxy) => {
      const options = { ca: root.cert, proxyUrl: `https://127.0.0.1:${proxy.port}` };
      const failed = await fault(`https://k8s.internal.test:${server.port}/`, options);
      equal(failed.message, "proxyconnect tcp: x509: certificate signed by unknown authority");
      deepEqual(proxy.seen, []);
    },
  );
});
