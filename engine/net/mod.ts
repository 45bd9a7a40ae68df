/**
 * The way out: HTTP requests through the proxy that is to be used, to servers
 * that are who they should be. Every connection of the program is opened here.
 *
 * Connecting is loaded when it is first needed; deciding is pure.
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
 * Makes a client for HTTP requests; nothing is sent yet.
 *
 * @throws NetworkFault of kind `certificate` for certificates that cannot be used; SkegError for a bad `proxyUrl`.
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

/** The answer as the web's `Response`, for callers that pass answers on. */
export async function responseOf(answer: import("./client.ts").HttpAnswer): Promise<Response> {
  return (await import("./client.ts")).responseOf(answer);
}

/** What is wrong with a certificate and a key in PEM, in Go's words; `undefined` when they can be used together. */
export async function keyPairProblem(certificate: string, key: string): Promise<string | undefined> {
  return (await import("./key_pair.ts")).keyPairProblem(certificate, key);
}
