/**
 * HTTPS and HTTP servers for tests, on loopback.
 *
 * @module
 */
import { createServer as createPlainServer, type RequestListener } from "node:http";
import { createServer, type ServerOptions } from "node:https";
import type { Socket } from "node:net";

/** A running server. */
export interface TestServer {
  readonly port: number;
  /** Method and path of each received request. */
  readonly seen: readonly string[];
  close(): Promise<void>;
}

/** Starts a server that answers `{"ok":true}`, or with `listener`; without TLS when `options` is `undefined`. */
export async function testServer(options: ServerOptions | undefined, listener?: RequestListener): Promise<TestServer> {
  const seen: string[] = [];
  const listen: RequestListener = (request, answer) => {
    seen.push(`${request.method} ${request.url}`);
    if (listener !== undefined) return listener(request, answer);
    request.resume();
    answer.setHeader("content-type", "application/json");
    answer.end('{"ok":true}');
  };
  const server = options === undefined ? createPlainServer(listen) : createServer(options, listen);
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  server.on("tlsClientError", () => {});
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of open) socket.destroy();
    await closed;
  };
  return { port, seen, close };
}
