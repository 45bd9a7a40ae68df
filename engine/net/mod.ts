/**
 * Outgoing connections: HTTP requests through the configured proxy, to verified
 * servers. Every connection of the program is opened here.
 *
 * The code that connects is loaded on first use. The code that decides is pure.
 *
 * @module
 */
import type { HttpClient, HttpOptions } from "./client.ts";

export type { HttpAnswer, HttpClient, HttpOptions, HttpRequest } from "./client.ts";
export type { AnswerHead } from "./answer_parser.ts";
export type { AnswerBody } from "./exchange.ts";
export type { Header } from "./request_head.ts";
export { type FaultKind, NetworkFault } from "./fault.ts";
export {
  type NetworkVariables,
  type Proxy,
  type ProxyChoice,
  proxyFromUrl,
  proxyFromVariables,
  shownProxy,
} from "./proxy.ts";
export { NETWORK_VARIABLES, networkVariables } from "./variables.ts";

/**
 * Returns a client for HTTP requests; sends nothing yet.
 *
 * @throws NetworkFault of kind `certificate` for unusable certificates; SkegError for an invalid `proxyUrl`.
 *
 * @example
 * ```ts ignore
 * const client = await openHttp({ ca: await readFile("ca.pem", "utf8") });
 * const answer = await client.send({ method: "GET", url: "https://charts.example.com/index.yaml" });
 * ```
 */
export async function openHttp(options: HttpOptions = {}): Promise<HttpClient> {
  return (await import("./client.ts")).openHttp(options);
}

/** Returns the answer as a web `Response`, for callers that pass answers on. */
export async function responseOf(answer: import("./client.ts").HttpAnswer): Promise<Response> {
  return (await import("./client.ts")).responseOf(answer);
}

/** Returns Go's message for a certificate and key (PEM) that do not work together; `undefined` when they do. */
export async function keyPairProblem(certificate: string, key: string): Promise<string | undefined> {
  return (await import("./key_pair.ts")).keyPairProblem(certificate, key);
}
