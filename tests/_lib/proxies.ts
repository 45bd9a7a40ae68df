/**
 * Proxies for tests, on loopback: HTTP with CONNECT, the same over TLS, and
 * SOCKS5. They resolve every name to 127.0.0.1, like names that only a proxy can resolve.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createServer, request, type Server } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { connect, createServer as createTcpServer, type Server as TcpServer, type Socket } from "node:net";
import type { Issued } from "./certificates.ts";

/** A running proxy. */
export interface TestProxy {
  readonly port: number;
  /** The requests: `CONNECT host:port`, `GET http://host:port/path`, `SOCKS host:port`; each followed by its user. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** Options of {@linkcode httpProxy}. */
export interface HttpProxyOptions {
  /** Certificate; with it the proxy is reached over TLS. */
  readonly tls?: Issued;
  /** Answers every request with this status line's rest, such as `403 Forbidden`. */
  readonly refuse?: string;
  /** The required `Proxy-Authorization`. */
  readonly wants?: string;
}

/** Starts an HTTP proxy. */
export async function httpProxy({ tls, refuse, wants }: HttpProxyOptions = {}): Promise<TestProxy> {
  const seen: string[] = [];
  const server = tls === undefined ? createServer() : createSecureServer({ cert: tls.cert, key: tls.key });
  const problem = (given: string | undefined): string | undefined =>
    refuse ?? (wants !== undefined && given !== wants ? "407 Proxy Authentication Required" : undefined);
  const note = (what: string, given: string | undefined): void =>
    void seen.push(given === undefined ? what : `${what} ${given}`);
  server.on("connect", (asked, client: Socket) => {
    const given = asked.headers["proxy-authorization"];
    note(`CONNECT ${asked.url}`, given);
    const no = problem(given);
    if (no !== undefined) return void client.end(`HTTP/1.1 ${no}\r\nContent-Length: 0\r\n\r\n`);
    const target = connect(portOf(asked.url ?? ""), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
  });
  server.on("request", (asked, answer) => {
    const given = asked.headers["proxy-authorization"];
    note(`${asked.method} ${asked.url}`, given);
    const no = problem(given);
    if (no !== undefined) return void answer.writeHead(Number(no.slice(0, 3)), no.slice(4)).end();
    const url = new URL(asked.url ?? "");
    const options = {
      host: "127.0.0.1",
      port: url.port,
      path: url.pathname + url.search,
      method: asked.method,
      headers: { host: url.host },
    };
    const onward = request(options, (got) => {
      answer.writeHead(got.statusCode ?? 0, got.headers);
      got.pipe(answer);
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  server.on("tlsClientError", () => {});
  return await started(server, seen);
}

/** Starts a SOCKS5 proxy; with `wants`, it requires that name and password. */
export async function socksProxy(wants?: { name: string; password: string }): Promise<TestProxy> {
  const seen: string[] = [];
  const server = createTcpServer((client) => {
    client.on("error", () => {});
    void serveSocks(client, wants, seen).catch(() => client.destroy());
  });
  return await started(server, seen);
}

async function serveSocks(
  client: Socket,
  wants: { name: string; password: string } | undefined,
  seen: string[],
): Promise<void> {
  const [, count = 0] = await take(client, 2);
  const methods = [...await take(client, count)];
  const method = wants === undefined ? 0 : methods.includes(2) ? 2 : 255;
  client.write(Buffer.from([5, method]));
  if (method === 255) return void client.end();
  let who = "";
  if (wants !== undefined) {
    const [, size = 0] = await take(client, 2);
    const name = (await take(client, size)).toString();
    const password = (await take(client, (await take(client, 1))[0] ?? 0)).toString();
    who = ` ${name}:${password}`;
    const isRight = name === wants.name && password === wants.password;
    client.write(Buffer.from([1, isRight ? 0 : 1]));
    if (!isRight) return void client.end();
  }
  const [, , , kind = 0] = await take(client, 4);
  const host = kind === 1
    ? (await take(client, 4)).join(".")
    : kind === 4
    ? `[${(await take(client, 16)).toString("hex")}]`
    : (await take(client, (await take(client, 1))[0] ?? 0)).toString();
  const port = (await take(client, 2)).readUInt16BE();
  seen.push(`SOCKS ${host}:${port}${who}`);
  const target = connect(port, "127.0.0.1", () => {
    client.write(Buffer.from([5, 0, 0, 1, 127, 0, 0, 1, 0, 0]));
    client.pipe(target).pipe(client);
  });
  target.on("error", () => client.end(Buffer.from([5, 5, 0, 1, 0, 0, 0, 0, 0, 0])));
  client.on("error", () => target.destroy());
}

async function take(socket: Socket, size: number): Promise<Buffer> {
  if (size === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes: Buffer | null = socket.read(size);
    if (bytes !== null) return bytes;
    await new Promise<void>((resolve, reject) => {
      socket.once("readable", resolve);
      socket.once("close", () => reject(new Error("closed")));
    });
  }
}

function portOf(place: string): number {
  return Number(/:(\d+)$/.exec(place)?.[1] ?? 0);
}

async function started(server: Server | TcpServer, seen: string[]): Promise<TestProxy> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { port, seen, close };
}
