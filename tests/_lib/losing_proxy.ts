/**
 * A proxy on loopback that loses answers. It passes a request on and reads the
 * whole answer. Then it closes the connection without answering, like load
 * balancers and API servers that shut down; or it sends the same request again,
 * like proxies and HTTP clients whose connection was closed.
 *
 * @module
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { writeFileSync } from "node:fs";
import type { KubeRequest, Transport } from "../../engine/kube/mod.ts";

/** The way in which an answer is lost: the connection is closed, or the request is repeated without the client's knowledge. */
export type Loss = "closed" | "repeated";

/** A request that reached the server. */
export interface Passed {
  readonly method: string;
  readonly path: string;
  /** Status of the server's answer. */
  readonly status: number;
  /** True if the answer was not passed on. */
  readonly isLost: boolean;
}

/** An answer that the proxy gives itself. */
export interface MadeUp {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A running proxy. */
export interface LosingProxy {
  readonly url: string;
  /** Called before a request is passed on; returns the way in which its answer is lost, if it is. Watches are always answered. */
  lose: (request: { readonly method: string; readonly path: string }) => Loss | undefined;
  /** Answers a request in the server's place, which then never gets it. */
  refuse: (request: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  }) => MadeUp | undefined;
  /** Decides for each part of a watch whether the connection is closed in the middle of it. */
  cut: () => boolean;
  /** All requests but watches, in the order in which they were answered. */
  readonly passed: Passed[];
  /** Writes a kubeconfig with the proxy's address. */
  writeKubeconfig(file: string, namespace?: string): void;
  close(): Promise<void>;
}

/** Starts a proxy in front of `transport`, which must not repeat requests itself. */
export async function losingProxy(transport: Transport): Promise<LosingProxy> {
  const server = createServer((request, response) => {
    pass(transport, proxy, request, response).catch(() => request.socket.destroy());
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const proxy: LosingProxy = {
    url,
    lose: () => undefined,
    refuse: () => undefined,
    cut: () => false,
    passed: [],
    writeKubeconfig(file, namespace = "default") {
      writeFileSync(
        file,
        JSON.stringify({
          apiVersion: "v1",
          kind: "Config",
          "current-context": "c",
          clusters: [{ name: "c", cluster: { server: url } }],
          users: [{ name: "c", user: {} }],
          contexts: [{ name: "c", context: { cluster: "c", user: "c", namespace } }],
        }),
      );
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return proxy;
}

async function pass(
  transport: Transport,
  proxy: LosingProxy,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { method = "GET", url: path = "/", headers } = request;
  const parts: Uint8Array[] = [];
  for await (const part of request) parts.push(part);
  const body = Buffer.concat(parts).toString("utf8");
  const madeUp = proxy.refuse({ method, path, headers });
  if (madeUp !== undefined) {
    response.writeHead(madeUp.status, { "content-type": "application/json", ...madeUp.headers });
    return void response.end(madeUp.body ?? "");
  }
  const isWatch = /[?&]watch=/.test(path);
  const loss = isWatch ? undefined : proxy.lose({ method, path });
  const send = async (isLost: boolean): Promise<Response> => {
    const answer = await transport({
      method: method as KubeRequest["method"],
      path,
      body: body === "" ? undefined : body,
      contentType: headers["content-type"],
      accept: headers.accept,
      ifNoneMatch: headers["if-none-match"],
    });
    if (!isWatch) proxy.passed.push({ method, path, status: answer.status, isLost });
    if (isLost) await answer.body?.cancel();
    return answer;
  };
  if (loss !== undefined) await send(true);
  if (loss === "closed") return void request.socket.destroy();
  const answer = await send(false);
  const fields = [...answer.headers].filter(([name]) =>
    !/^(connection|transfer-encoding|content-length|content-encoding)$/.test(name)
  );
  response.writeHead(answer.status, Object.fromEntries(fields));
  if (isWatch) {
    for await (const part of answer.body ?? []) {
      if (proxy.cut()) {
        response.write(part.subarray(0, part.length >> 1), () => request.socket.destroy());
        return;
      }
      if (!response.write(part)) await new Promise((r) => response.once("drain", r));
    }
  } else response.write(new Uint8Array(await answer.arrayBuffer()));
  response.end();
}
