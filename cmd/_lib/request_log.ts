/**
 * Requests to the API server as lines on standard error, for `-v=6` to `-v=9`, as kubectl has them.
 *
 * Nothing secret is shown: `Authorization` is not known here, and what Secrets and release records hold is left out of
 * bodies.
 *
 * @module
 */
import type { Cluster, KubeRequest, Transport } from "../../engine/kube/mod.ts";
import type { Printer } from "./print.ts";

/** From this level on: the request's line, its headers, its bodies. */
const [LINES, HEADERS, BODIES, WHOLE_BODIES] = [6, 7, 8, 9];
/** Longest body at level 8, in characters. */
const BODY_MAX = 1024;
const HIDDEN = "<not shown>";

/**
 * Returns a transport that logs every request after its answer.
 *
 * @param level Below 6 the cluster's own transport is returned.
 */
export function loggedTransport(
  { transport, server }: Pick<Cluster, "transport" | "server">,
  level: number,
  print: Pick<Printer, "err">,
): Transport {
  if (level < LINES) return transport;
  const log = (text: string): void => print.err(`${text}\n`);
  return async (request) => {
    const start = performance.now();
    const took = () => `in ${Math.round(performance.now() - start)} milliseconds`;
    const line = `${request.method} ${server === "sandbox" ? "sandbox:" : server}${request.path}`;
    if (level >= HEADERS) { for (const header of requestHeaders(request)) log(`  ${header}`); }
    if (level >= BODIES && request.body !== undefined) log(`  Request Body: ${shownBody(request.body, level)}`);
    let answer: Response;
    try {
      answer = await transport(request);
    } catch (error) {
      log(`${line} failed ${took()}: ${error instanceof Error ? error.message : String(error)}`);
      throw error;
    }
    log(`${line} ${[answer.status, answer.statusText].filter(Boolean).join(" ")} ${took()}`);
    if (level >= HEADERS) { for (const [name, value] of answer.headers) log(`  Response ${name}: ${value}`); }
    // A watch has no end; reading it here would hold its events back.
    if (level < BODIES || /[?&]watch=|[?&]follow=/.test(request.path)) return answer;
    const text = await answer.text();
    if (text !== "") log(`  Response Body: ${shownBody(text, level)}`);
    const { status, statusText, headers } = answer;
    return new Response([101, 204, 205, 304].includes(status) ? null : text, { status, statusText, headers });
  };
}

function requestHeaders({ accept, contentType, body, ifNoneMatch }: KubeRequest): string[] {
  return [
    `Accept: ${accept ?? "application/json"}`,
    ...body === undefined ? [] : [`Content-Type: ${contentType ?? "application/json"}`],
    ...ifNoneMatch === undefined ? [] : [`If-None-Match: ${ifNoneMatch}`],
  ];
}

/** Returns a body for the log: JSON without secrets; of other bodies, the length alone. */
function shownBody(text: string, level: number): string {
  let shown: string;
  try {
    shown = JSON.stringify(withoutSecrets(JSON.parse(text)));
  } catch {
    return `<${text.length} characters that are not JSON>`;
  }
  if (level >= WHOLE_BODIES || shown.length <= BODY_MAX) return shown;
  return `${shown.slice(0, BODY_MAX)} [truncated ${shown.length - BODY_MAX} characters]`;
}

/** Fields that hold the content of Secrets and ConfigMaps, and annotations that repeat it. */
const CONTENT = new Set(["data", "stringData", "binaryData", "kubectl.kubernetes.io/last-applied-configuration"]);
/** Fields of any object whose values are credentials. */
const CREDENTIAL = /^(?:token|password|passwd|secret|id-token|refresh-token|client-key-data|privateKey)$/i;

/**
 * Returns a copy of JSON data in which the values of `data` and the like are replaced. ConfigMaps are treated as Secrets:
 * release records are ConfigMaps, and hold what Secrets of the chart hold.
 */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (value === null || typeof value !== "object") return value;
  const { op, path } = value as { op?: unknown; path?: unknown };
  const isPatchOfContent = typeof op === "string" && typeof path === "string" && CONTENT.has(path.split("/")[1] ?? "");
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isPatchOfContent && name === "value") return [name, HIDDEN];
      if (CREDENTIAL.test(name) && typeof inner === "string") return [name, HIDDEN];
      if (!CONTENT.has(name)) return [name, withoutSecrets(inner)];
      if (inner === null || typeof inner !== "object") return [name, HIDDEN];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, HIDDEN]))];
    }),
  );
}
