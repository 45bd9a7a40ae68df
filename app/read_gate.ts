/**
 * A gate to a cluster for programs that may only read: it listens on the loopback address, passes GET requests on to the cluster by our
 * own connection, and refuses all others.
 *
 * The programs need no credentials, and what they are told to do cannot change anything. Clients do not send tokens over
 * plain HTTP, so a random part of the address keeps other users of the machine out.
 *
 * @module
 */
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

/** Opens a gate on a free port. */
export function openReadGate(transport: Transport): ReadGate {
  const bytes = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const key = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response("the gate failed", { status: 500 }),
  }, (request) => pass(request, key, transport));
  const address = `http://127.0.0.1:${server.addr.port}/${key}`;
  const kubeconfig = encodeYaml({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "gate",
    clusters: [{ name: "gate", cluster: { server: address } }],
    users: [{ name: "gate", user: {} }],
    contexts: [{ name: "gate", context: { cluster: "gate", user: "gate" } }],
  });
  return { kubeconfig, close: async () => await server.shutdown() };
}

function status(code: number, reason: string, message: string): Response {
  return Response.json({ kind: "Status", apiVersion: "v1", status: "Failure", reason, code, message }, {
    status: code,
  });
}

async function pass(request: Request, key: string, transport: Transport): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  if (!pathname.startsWith(`/${key}/`)) return status(404, "NotFound", "not found");
  if (request.method !== "GET") return status(405, "MethodNotAllowed", "this gate lets only reads through");
  const path = `${pathname.slice(key.length + 1)}${search}`;
  // Watches never end, and a rendering needs none.
  if (/[?&]watch=(?:true|1)/.test(search)) return status(405, "MethodNotAllowed", "this gate has no watches");
  try {
    const accept = request.headers.get("accept") ?? undefined;
    const answer = await transport({ method: "GET", path, accept });
    const type = answer.headers.get("content-type");
    // Programs ask for Secrets in a binary form.
    return new Response(await answer.arrayBuffer(), {
      status: answer.status,
      headers: type === null ? {} : { "content-type": type },
    });
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return status(502, "ServiceUnavailable", "the cluster did not answer");
  }
}
