/**
 * A gate to a cluster for programs that may only read: it listens on the loopback address, passes GET requests on to the cluster by our
 * own connection, and refuses all others.
 *
 * The programs need no credentials, and what they are told to do cannot change anything. Clients do not send tokens over
 * plain HTTP, so a random part of the address keeps other users of the machine out.
 *
 * @module
 */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeYaml } from "../engine/lang/yaml/mod.ts";
import type { Transport } from "../engine/kube/mod.ts";
import { SkegError } from "../errors.ts";

/** An open gate. */
export interface ReadGate {
  /** Text of a kubeconfig that leads through the gate. */
  readonly kubeconfig: string;
  /** Closes it. */
  close(): Promise<void>;
}

const KEY_BYTES = 24;

/** Opens a gate on a free port. Only modules of Node are used, for the library runs there as well. */
export async function openReadGate(transport: Transport): Promise<ReadGate> {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const server = createServer((request, response) => {
    pass(request, key, transport).catch(() => refusal(500, "InternalError", "the gate failed")).then(
      ({ code, type, body }) => response.writeHead(code, { "content-type": type }).end(body),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/${key}`;
  const kubeconfig = encodeYaml({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "gate",
    clusters: [{ name: "gate", cluster: { server: address } }],
    users: [{ name: "gate", user: {} }],
    contexts: [{ name: "gate", context: { cluster: "gate", user: "gate" } }],
  });
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      // Connections that the program kept open must not keep the gate open.
      server.closeAllConnections();
    });
  return { kubeconfig, close };
}

/** An answer of the gate. */
interface GateAnswer {
  readonly code: number;
  readonly type: string;
  /** As bytes: Helm's clients ask for protocol buffers, which are no text. */
  readonly body: Uint8Array;
}

const JSON_TYPE = "application/json";

function refusal(code: number, reason: string, message: string): GateAnswer {
  const text = JSON.stringify({ kind: "Status", apiVersion: "v1", status: "Failure", reason, code, message });
  return { code, type: JSON_TYPE, body: new TextEncoder().encode(text) };
}

async function pass(
  { method, url = "", headers }: IncomingMessage,
  key: string,
  transport: Transport,
): Promise<GateAnswer> {
  if (!url.startsWith(`/${key}/`)) return refusal(404, "NotFound", "not found");
  if (method !== "GET") return refusal(405, "MethodNotAllowed", "this gate lets only reads through");
  const path = url.slice(key.length + 1);
  // Watches never end, and a rendering needs none.
  if (/[?&]watch=(?:true|1)/.test(path)) return refusal(405, "MethodNotAllowed", "this gate has no watches");
  try {
    const answer = await transport({ method: "GET", path, accept: headers.accept });
    const body = new Uint8Array(await answer.arrayBuffer());
    return { code: answer.status, type: answer.headers.get("content-type") ?? JSON_TYPE, body };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return refusal(502, "ServiceUnavailable", "the cluster did not answer");
  }
}
