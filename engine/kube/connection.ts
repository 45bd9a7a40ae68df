/**
 * The only place in this room that opens connections: sends requests over HTTP to a real API server, with
 * credentials.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import { abortError, throwIfAborted } from "./abort.ts";
import { answerError } from "./call.ts";
import type { Credentials, CredentialSource } from "./credentials.ts";
import type { ClusterEntry } from "./context.ts";
import { type FaultKind, type Header, NetworkFault, type NetworkVariables } from "../net/mod.ts";
import { type Line, openLine } from "./line.ts";
import { describeRequest } from "./paths.ts";
import { withoutOwnSecrets } from "./own_secrets.ts";
import { persistent } from "./persistent.ts";
import { followRedirects } from "./redirects.ts";
import type { KubeRequest, Transport } from "./types.ts";

/** A transport whose kept connections can be closed. */
export interface Connection {
  readonly transport: Transport;
  close(): void;
}

/**
 * Opens a connection to `cluster`; nothing is sent yet.
 *
 * @param userAgent The user agent in the server's log.
 * @param variables Environment variables that name proxies and the system's certificate authorities.
 */
export function connect(
  cluster: ClusterEntry,
  source: CredentialSource,
  userAgent: string,
  variables: NetworkVariables,
): Connection {
  // One for each client certificate so far; requests may still use an older one.
  const lines = new Map<string, Line>();
  const lineWith = (credentials: Credentials): Line => {
    const identity = `${credentials.certificate ?? ""}\n${credentials.key ?? ""}`;
    let line = lines.get(identity);
    if (line === undefined) lines.set(identity, line = openLine(cluster, credentials, variables));
    return line;
  };
  const attempt = async (request: KubeRequest, renew: boolean): Promise<Response> => {
    const credentials = await source.get(renew, request.signal);
    const line = lineWith(credentials);
    const headers = headersOf(request, credentials, userAgent);
    const response = await followRedirects(cluster.server, request, (next) => line.send(next, headers));
    return await withoutOwnSecrets(response, credentials, cluster.server);
  };
  const transport: Transport = async (request) => {
    throwIfAborted(request.signal);
    let renew = false;
    let lost = false;
    for (;;) {
      let response: Response;
      try {
        response = await attempt(request, renew);
      } catch (cause) {
        if (cause instanceof SkegError) throw cause;
        if (request.signal?.aborted) throw abortError(request.signal);
        // The server has closed a kept connection: a GET is safe to repeat, once.
        if (request.method === "GET" && !lost && cause instanceof NetworkFault && cause.kind === "cut") {
          lost = true;
          continue;
        }
        throw unreachable(cluster.server, request, cause);
      }
      if (response.status !== 401) return response;
      if (!source.renewable || renew) throw await unauthorized(cluster.server, request, response);
      renew = true;
      await response.body?.cancel();
    }
  };
  return {
    transport: persistent(transport, { server: cluster.server }),
    close: () => lines.forEach((line) => line.close()),
  };
}

function headersOf(request: KubeRequest, credentials: Credentials, userAgent: string): Header[] {
  const contentType = request.contentType ?? "application/json";
  return [
    ["User-Agent", userAgent],
    ["Accept", request.accept ?? "application/json"],
    ...(request.body === undefined ? [] : [["Content-Type", contentType] as const]),
    ...(request.ifNoneMatch === undefined ? [] : [["If-None-Match", request.ifNoneMatch] as const]),
    ...credentials.headers,
  ];
}

/** Returns the error of status 401, with the server and the request, which the server's message lacks. */
async function unauthorized(server: string, request: KubeRequest, response: Response): Promise<KubeError> {
  const { message, status, reason, hint } = await answerError(response);
  const what = describeRequest(request.method, request.path);
  return new KubeError(`the API server at ${server} refused to ${what}: ${message}`, status, reason, { hint });
}

/** Messages for network faults, and hints for those without their own. */
const NETWORK_PROBLEMS: Readonly<Partial<Record<FaultKind, readonly [problem: string | undefined, hint: string]>>> = {
  "refused": ["connection refused", "Check that the cluster is running and the kubeconfig names the right server."],
  "no-host": ["no such host", "Check the server's name in the kubeconfig and your network."],
  "unreachable": ["no route to host", "Check your network, VPN or proxy."],
  "timeout": ["the connection timed out", "Check your network, VPN or proxy."],
  "cut": ["the connection was closed", "Try again; check a proxy between here and the server."],
  "certificate": [undefined, "Check certificate-authority in the kubeconfig."],
  "tls": [undefined, "Check the server's address in the kubeconfig."],
};

function unreachable(server: string, request: KubeRequest, cause: unknown): KubeError {
  const what = describeRequest(request.method, request.path);
  if (!(cause instanceof NetworkFault)) {
    const hint = "Check that the cluster is running and the kubeconfig names the right server.";
    return new KubeError(`cannot reach the API server at ${server} to ${what}: no answer came`, 0, "", { cause, hint });
  }
  const [problem, hint] = NETWORK_PROBLEMS[cause.kind] ?? [];
  // Failures of a proxy keep Go's words, which name the step.
  const isOwn = problem !== undefined && !cause.isBeforeProxy;
  const way = cause.proxy === undefined ? "" : ` through the proxy ${cause.proxy}`;
  const text = `cannot reach the API server at ${server}${way} to ${what}: ${isOwn ? problem : cause.message}`;
  return new KubeError(text, 0, "", { cause, hint, details: cause.hint });
}
