/**
 * The one door out: requests over HTTP to a real API server.
 *
 * `fetch` does the work, over few kept connections. `node:https` does it where
 * certificates must not be checked, or be checked against another name, which `fetch` cannot do.
 *
 * @module
 */
import { KubeError, SkegError } from "../../errors.ts";
import { abortError, throwIfAborted } from "./abort.ts";
import { answerError } from "./call.ts";
import type { Credentials, CredentialSource } from "./credentials.ts";
import type { ClusterEntry } from "./context.ts";
import { chainText, fetchLine, type Header, type Line, type Sender } from "./fetch_line.ts";
import { describeRequest } from "./paths.ts";
import { withoutOwnSecrets } from "./own_secrets.ts";
import { persistent } from "./persistent.ts";
import { followRedirects } from "./redirects.ts";
import type { KubeRequest, Transport } from "./types.ts";

/** A transport with the means to end its kept connections. */
export interface Connection {
  readonly transport: Transport;
  close(): void;
}

/**
 * Opens a connection to `cluster`; nothing is sent yet.
 *
 * @param userAgent What the server's log shows.
 */
export function connect(cluster: ClusterEntry, source: CredentialSource, userAgent: string): Connection {
  let line: Line | undefined;
  let lineFor = "";
  const lineWith = (credentials: Credentials): Line => {
    const identity = `${credentials.certificate ?? ""}\n${credentials.key ?? ""}`;
    if (line === undefined || identity !== lineFor) {
      // An older line is not closed here: requests may still be on it.
      line = openLine(cluster, credentials);
      lineFor = identity;
    }
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
        // A kept connection that the server closed meanwhile: reading again is safe, once.
        if (request.method === "GET" && !lost && wasCut(cause)) {
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
  return { transport: persistent(transport, { server: cluster.server }), close: () => line?.close() };
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

function openLine(cluster: ClusterEntry, credentials: Credentials): Line {
  const texts = [cluster.ca, credentials.certificate, credentials.key];
  if (texts.some((text) => text !== undefined && !text.includes("-----BEGIN "))) throw badCertificates();
  const oddTls = cluster.insecureSkipTlsVerify || cluster.tlsServerName !== undefined;
  // `fetch` would join several headers of one name, such as the groups of somebody one acts as.
  const repeated = new Set(credentials.headers.map(([name]) => name)).size < credentials.headers.length;
  const needsNode = repeated || (oddTls && cluster.server.startsWith("https:"));
  return needsNode ? nodeLine(cluster, credentials) : fetchLine(cluster, credentials, {
    badCertificates,
    otherLine: () => nodeLine(cluster, { headers: [], certificate: credentials.certificate, key: credentials.key }),
  });
}

function badCertificates(cause?: string): SkegError {
  return new SkegError("config", "the kubeconfig's certificates cannot be used", {
    hint: "Check certificate-authority, client-certificate and client-key: they must be PEM.",
    cause,
  });
}

function nodeLine(cluster: ClusterEntry, { certificate, key }: Credentials): Line {
  if (cluster.proxyUrl !== undefined) {
    throw new SkegError(
      "config",
      "proxy-url cannot be used together with insecure-skip-tls-verify, tls-server-name or several as-groups",
      {
        hint: "Trust the server through certificate-authority instead.",
      },
    );
  }
  const opened = openAgent(cluster, { headers: [], certificate, key });
  const send: Sender = async ({ method, path, body, signal }, headers) => {
    const { request, agent, toWeb } = await opened;
    return await new Promise<Response>((resolve, reject) => {
      const options = {
        method,
        agent,
        headers: nodeHeaders(headers, body),
        ...(signal === undefined ? {} : { signal }),
      };
      const sent = request(cluster.server + path, options, (answer) => {
        const status = answer.statusCode ?? 0;
        const noBody = status === 204 || status === 304;
        const fields = Object.entries(answer.headers).flatMap(([name, value]): [string, string][] =>
          value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]]
        );
        const stream = noBody ? null : toWeb(answer) as ReadableStream<Uint8Array>;
        resolve(new Response(stream, { status, headers: fields }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  };
  return { send, close: () => void opened.then(({ agent }) => agent.destroy()) };
}

/** What of the runtime's Node modules {@linkcode nodeLine} uses. */
interface NodeAgent {
  readonly request: typeof import("node:http").request;
  readonly agent: import("node:http").Agent;
  /** Makes a web stream of an answer. */
  readonly toWeb: (answer: import("node:http").IncomingMessage) => unknown;
}

/** Loads the modules, and makes an agent for the cluster. */
async function openAgent(cluster: ClusterEntry, { certificate, key }: Credentials): Promise<NodeAgent> {
  const { Readable } = await import("node:stream");
  const toWeb: NodeAgent["toWeb"] = (answer) => Readable.toWeb(answer);
  if (!cluster.server.startsWith("https:")) {
    const http = await import("node:http");
    return { request: http.request, agent: new http.Agent({ keepAlive: true }), toWeb };
  }
  const https = await import("node:https");
  const agent = new https.Agent({
    keepAlive: true,
    rejectUnauthorized: !cluster.insecureSkipTlsVerify,
    ...(cluster.ca === undefined ? {} : { ca: cluster.ca }),
    ...(certificate === undefined || key === undefined ? {} : { cert: certificate, key }),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
  });
  return { request: https.request as typeof import("node:http").request, agent, toWeb };
}

function nodeHeaders(headers: readonly Header[], body: string | undefined): Record<string, string | string[]> {
  const fields: Record<string, string[]> = {};
  for (const [name, value] of headers) (fields[name] ??= []).push(value);
  if (body !== undefined) fields["Content-Length"] = [String(new TextEncoder().encode(body).length)];
  return Object.fromEntries(
    Object.entries(fields).map(([name, values]) => [name, values.length > 1 ? values : values[0] ?? ""]),
  );
}

function wasCut(error: unknown): boolean {
  return /connection (was )?(closed|reset)|reset by peer|broken pipe|GOAWAY|connection error|ECONNRESET/i
    .test(chainText(error));
}

/** What network errors say, in few words; the first that fits. */
const NETWORK_PROBLEMS: readonly (readonly [RegExp, problem: string, hint: string])[] = [
  [
    /refused|ECONNREFUSED/i,
    "connection refused",
    "Check that the cluster is running and the kubeconfig names the right server.",
  ],
  [
    /dns error|ENOTFOUND|getaddrinfo|resolve/i,
    "no such host",
    "Check the server's name in the kubeconfig and your network.",
  ],
  [
    /UnknownIssuer|self.signed|unable to (get|verify)|CERT_/i,
    "certificate signed by unknown authority",
    "Check certificate-authority in the kubeconfig.",
  ],
  [
    /NotValidForName|altnames|hostname/i,
    "the certificate is not valid for this name",
    "Check the server's name in the kubeconfig, or set tls-server-name.",
  ],
  [/expired/i, "a certificate has expired", "Renew the certificate."],
  [/timed? ?out|ETIMEDOUT/i, "the connection timed out", "Check your network, VPN or proxy."],
  [/unreachable|EHOSTUNREACH|ENETUNREACH/i, "no route to host", "Check your network, VPN or proxy."],
  [
    /CertificateRequired|HandshakeFailure|handshake|alert/i,
    "the TLS handshake failed",
    "Check the client certificate in the kubeconfig.",
  ],
  [
    /reset|closed|broken pipe|EOF/i,
    "the connection was closed",
    "Try again; check a proxy between here and the server.",
  ],
];

/** The server does not know who asks: its own word says too little. */
async function unauthorized(server: string, request: KubeRequest, response: Response): Promise<KubeError> {
  const { message, status, reason, hint } = await answerError(response);
  const what = describeRequest(request.method, request.path);
  return new KubeError(`the API server at ${server} refused to ${what}: ${message}`, status, reason, { hint });
}

function unreachable(server: string, request: KubeRequest, cause: unknown): KubeError {
  const text = chainText(cause);
  const [, problem, hint] = NETWORK_PROBLEMS.find(([pattern]) => pattern.test(text)) ??
    [undefined, "no answer came", "Check that the cluster is running and the kubeconfig names the right server."];
  const what = describeRequest(request.method, request.path);
  return new KubeError(`cannot reach the API server at ${server} to ${what}: ${problem}`, 0, "", { cause, hint });
}
