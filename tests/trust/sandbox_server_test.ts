/**
 * `sandbox serve` and hostile clients that can reach its port: other users of the machine,
 * pages in a browser, and clients with a token that send what no client sends.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { openSandbox, serveSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../_lib/folder.ts";

interface Served {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly authority: string;
  readonly token: string;
  /** Sends a request; with the token unless headers are given that say otherwise. */
  ask(path: string, init?: RequestInit & { readonly bare?: boolean }): Promise<Response>;
}

const served = (work: (server: Served) => Promise<void>): Promise<void> =>
  inFolder({}, async (folder) => {
    const sandbox = await openSandbox();
    const server = await serveSandbox(sandbox, { directory: join(folder, "served") });
    const kubeconfig = await readFile(server.kubeconfigPath, "utf8");
    const authority = atob(/certificate-authority-data: (\S+)/.exec(kubeconfig)?.[1] ?? "");
    const token = /token: (\S+)/.exec(kubeconfig)?.[1] ?? "";
    const client = Deno.createHttpClient({ caCerts: [authority] });
    const { host, port } = new URL(server.url);
    try {
      await work({
        url: server.url,
        host,
        port: Number(port),
        authority,
        token,
        ask: (path, { bare = false, ...init } = {}) =>
          fetch(server.url + path, {
            ...init,
            client,
            headers: { ...bare ? {} : { authorization: `Bearer ${token}` }, ...init.headers },
          } as RequestInit),
      });
    } finally {
      client.close();
      await server.stop();
      await sandbox.close();
    }
  });

/** Sends bytes over TLS and gives what comes back until the server closes or says no more. */
async function raw({ port, authority }: Served, text: string): Promise<string> {
  const connection = await Deno.connectTls({ hostname: "127.0.0.1", port, caCerts: [authority] });
  try {
    await connection.write(new TextEncoder().encode(text));
    const bytes = new Uint8Array(64 * 1024);
    const got = await connection.read(bytes).catch(() => null);
    return got === null ? "" : new TextDecoder().decode(bytes.subarray(0, got));
  } finally {
    connection.close();
  }
}

const CONFIG_MAP = (name: string) => JSON.stringify({ apiVersion: "v1", kind: "ConfigMap", metadata: { name } });
const MAPS = "/api/v1/namespaces/default/configmaps";

Deno.test("sandbox serve answers nobody without the very token: 14 ways to ask", () =>
  served(async (server) => {
    const { token } = server;
    const tries: (string | undefined)[] = [
      undefined,
      "",
      "Bearer",
      "Bearer ",
      `bearer ${token}`,
      `Basic ${btoa(`sandbox:${token}`)}`,
      `Bearer ${token}x`,
      `Bearer ${token.slice(0, -1)}`,
      `Bearer  ${token}`,
      `Bearer ${token.toUpperCase()}`,
      `Bearer ${"a".repeat(token.length)}`,
      `Bearer null`,
      token,
      `Bearer ${"x".repeat(4000)}`,
    ];
    equal(tries.length, 14);
    for (const authorization of tries) {
      const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
      const answer = await server.ask(`${MAPS}?token=${token}&access_token=${token}`, { bare: true, headers });
      equal(answer.status, 401, `${authorization}`);
      equal((await answer.json()).reason, "Unauthorized");
    }
    ok(Uint8Array.fromBase64(token, { alphabet: "base64url" }).length >= 24);
  }));

Deno.test("sandbox serve shows without a token only that it is there: 10 paths", () =>
  served(async (server) => {
    for (const path of ["/healthz", "/livez", "/readyz", "/version"]) {
      const answer = await server.ask(path, { bare: true });
      equal(answer.status, 200, path);
      await answer.body?.cancel();
    }
    for (
      const path of [
        "/healthz/../api/v1/secrets",
        "/healthz%2f..%2fapi/v1/secrets",
        "/version/../../api/v1/namespaces",
        "//healthz/../api",
        "/healthzx",
        "/readyz;/api",
      ]
    ) {
      const answer = await server.ask(path, { bare: true });
      ok([401, 404].includes(answer.status) || await answer.clone().text() === "ok", `${path}: ${answer.status}`);
      ok(!(await answer.text()).includes('"items"'), path);
    }
  }));

Deno.test("sandbox serve tells a page in a browser nothing: Host, Origin, preflight, forms", () =>
  served(async (server) => {
    for (const origin of ["https://evil.example.com", "null", "http://localhost"]) {
      for (const method of ["GET", "OPTIONS", "POST"]) {
        const headers = {
          origin,
          "access-control-request-method": "POST",
          "access-control-request-headers": "authorization",
          "content-type": "text/plain",
        };
        const answer = await server.ask(MAPS, {
          method,
          bare: true,
          headers,
          ...method === "POST" ? { body: CONFIG_MAP("x") } : {},
        });
        equal(answer.status, 401);
        for (const [name] of answer.headers) ok(!name.startsWith("access-control-"), name);
        await answer.body?.cancel();
      }
    }
    for (const host of ["evil.example.com", "127.0.0.1:1", "[::1]", "a b", ""]) {
      const text = await raw(server, `GET ${MAPS} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
      ok(text === "" || /^HTTP\/1\.1 (400|401) /.test(text), `${host}: ${text.slice(0, 60)}`);
    }
    // Of a type that forms can send.
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const form = await server.ask(MAPS, { method: "POST", headers, body: "a=b" });
    equal(form.status, 415);
    await form.body?.cancel();
  }));

Deno.test("sandbox serve listens on this machine only", () =>
  served(({ url }) => {
    match(url, /^https:\/\/127\.0\.0\.1:/);
    for (
      const addresses of Deno.networkInterfaces().filter(({ address }) =>
        address !== "127.0.0.1" && address.includes(".")
      )
    ) {
      ok(addresses.address !== new URL(url).hostname);
    }
    return Promise.resolve();
  }));

Deno.test("sandbox serve refuses bodies that no server reads, and goes on: 12 bodies", () =>
  served(async (server) => {
    const big = "x".repeat(100 * 1024 * 1024);
    const json = { "content-type": "application/json" };
    const large = await server.ask(MAPS, { method: "POST", headers: json, body: big });
    equal(large.status, 413);
    deepEqual((await large.json()).message, "Request entity too large: limit is 3145728");
    // Without a token, nothing of it is read.
    const bare = await server.ask(MAPS, { method: "POST", bare: true, headers: json, body: big }).catch(() =>
      undefined
    );
    equal(bare?.status ?? 401, 401);
    await bare?.body?.cancel();
    const bodies = [
      "",
      "null",
      "[]",
      "{",
      "\0\0\0",
      "[".repeat(100_000),
      '{"a":'.repeat(50_000) + "1" + "}".repeat(50_000),
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":' + '{"labels":'.repeat(5000) + "{}" + "}".repeat(5000) + "}",
      '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":1e400}}',
      `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"a":"${"x".repeat(2_000_000)}"}}`,
    ];
    equal(bodies.length + 2, 12);
    for (const body of bodies) {
      const answer = await server.ask(MAPS, { method: "POST", headers: json, body });
      ok(
        answer.status >= 400 && answer.status < 500,
        `${answer.status} ${body.slice(0, 60)} ${await answer.clone().text()}`,
      );
      equal((await answer.json()).kind, "Status");
    }
    equal((await server.ask("/readyz")).status, 200);
  }));

Deno.test("sandbox serve refuses protobuf that means nothing: 12 bodies", () =>
  served(async (server) => {
    const magic = [0x6b, 0x38, 0x73, 0];
    const bodies = [
      [],
      [0],
      magic,
      [...magic, 0xff],
      [...magic, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
      [...magic, 0x0a, 0x02, 0x0a, 0x00],
      [...magic, 0x0a, 0x0f, 0x0a, 2, 0x76, 0x31, 0x12, 9, ...new TextEncoder().encode("ConfigMap"), 0x12, 1, 0xff],
      [...magic, ...Array<number>(4000).fill(0x0b)],
      [...magic, ...Array<number>(4000).fill(0x0a)],
      [...magic, ...Array.from({ length: 4000 }, (_, at) => at * 37 & 255)],
      [...new TextEncoder().encode(CONFIG_MAP("a"))],
      [...magic, 0x12, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01],
    ];
    equal(bodies.length, 12);
    for (const body of bodies) {
      const headers = { "content-type": "application/vnd.kubernetes.protobuf" };
      const answer = await server.ask(MAPS, { method: "POST", headers, body: new Uint8Array(body) });
      ok(
        answer.status >= 400 && answer.status < 500,
        `${answer.status} ${body.slice(0, 20)} ${await answer.clone().text()}`,
      );
      await answer.body?.cancel();
    }
  }));

Deno.test("sandbox serve answers odd heads and paths with a refusal: 22 requests", () =>
  served(async (server) => {
    const auth = `Authorization: Bearer ${server.token}\r\n`;
    const heads = [
      "GARBAGE\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET http://evil.example.com/api HTTP/1.1\r\nHost: evil.example.com\r\n\r\n",
      `TRACE ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`,
      `CONNECT evil.example.com:80 HTTP/1.1\r\nHost: evil.example.com\r\n${auth}\r\n`,
      `BREW ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`,
      `POST ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: -1\r\n\r\n`,
      `POST ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde`,
      `POST ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}Transfer-Encoding: chunked\r\n\r\nZZZ\r\n`,
      `POST ${MAPS} HTTP/1.1\r\nHost: x\r\n${auth}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n`,
      `GET ${MAPS} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a\r\nX: ${"x".repeat(500_000)}\r\n\r\n`,
      `GET ${MAPS} HTTP/1.1\r\n${Array.from({ length: 2000 }, (_, at) => `H${at}: x\r\n`).join("")}\r\n`,
      `GET /${"a".repeat(100_000)} HTTP/1.1\r\nHost: x\r\n${auth}\r\n`,
    ];
    equal(heads.length, 13);
    for (const head of heads) {
      const text = await raw(server, head);
      ok(text === "" || /^HTTP\/1\.[01] 4\d\d /.test(text), `${head.slice(0, 80)}: ${text.slice(0, 80)}`);
    }
    for (
      const path of [
        "/%",
        "/%ff",
        "/api/v1/namespaces/..%2f..%2fetc/configmaps",
        "/api/v1/namespaces/__proto__/configmaps/constructor",
        "/apis/__proto__/v1",
        "/apis/constructor/prototype/toString",
        `${MAPS}?labelSelector=((((`,
        `${MAPS}?limit=-1&continue=${encodeURIComponent("\0{")}`,
        `${MAPS}?fieldSelector=metadata.name%3D%00&resourceVersionMatch=__proto__`,
      ]
    ) {
      const answer = await server.ask(path);
      ok(answer.status < 500, `${path}: ${answer.status}`);
      ok(!(await answer.text()).includes("root:"), path);
    }
  }));

Deno.test("sandbox serve answers while 500 slow clients hold connections", () =>
  served(async (server) => {
    const slow = await Promise.all(
      Array.from({ length: 500 }, () => Deno.connect({ hostname: "127.0.0.1", port: server.port })),
    );
    try {
      // The beginning of a handshake, and no more.
      await Promise.all(slow.map((connection) => connection.write(new Uint8Array([22, 3, 1, 0]))));
      const answer = await server.ask(MAPS, { signal: AbortSignal.timeout(20_000) });
      equal(answer.status, 200);
      equal((await answer.json()).kind, "ConfigMapList");
    } finally {
      for (const connection of slow) connection.close();
    }
  }));
