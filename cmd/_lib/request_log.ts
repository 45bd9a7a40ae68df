/**
 * Requests to the API server as lines on standard error, for `-v=6` to `-v=9`, as kubectl has them.
 *
 * Nothing secret is shown: `Authorization` is not known here, and what Secrets and release records hold is left out of
 * bodies, and so are credentials in variables, command lines and annotations.
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
/** Names of fields, variables, annotations and flags whose values are credentials. */
const CREDENTIAL =
  /passw|pwd|passphrase|token|secret|credential|(?:api|access|private|encryption|signing|client)[-_.]?key|key-data|authorization/i;
/** Fields of Kubernetes with such a name that name an object or a kind. */
const PLAIN = /^(?:secret(?:Name|Namespace|Key)?|existingSecret|tokenExpirationSeconds)$/;
/** Values of a patch whose name is not in the patch: of a variable, an argument, an annotation that repeats an object. */
const UNNAMED =
  /\/env\/\d+\/value$|\/(?:args|command)\/(?:\d+|-)$|\/kubectl\.kubernetes\.io~1last-applied-configuration$/;
/** `--password=x`, `PASSWORD: x`, `"token": "x"`, and `--password x` within one text. */
const ASSIGNED = new RegExp(
  `((?:${CREDENTIAL.source})[\\w.-]*["']?(?:\\s*[:=]\\s*|\\s+))("[^"]*"|'[^']*'|[^\\s"',;&]+)`,
  "gi",
);
/** The password of an address. */
const IN_ADDRESS = /([a-z][a-z0-9+.-]*:\/\/[^\s:/@]*:)[^\s/@]+@/gi;

/**
 * Returns a copy of JSON data without credentials: what stands in `data` and the like, and below names of credentials.
 * ConfigMaps are treated as Secrets: release records are ConfigMaps, and hold what Secrets of the chart hold.
 */
function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return withoutFlagValues(value);
  if (typeof value === "string") return value.replace(IN_ADDRESS, `$1${HIDDEN}@`);
  if (value === null || typeof value !== "object") return value;
  const hidesValue = isCredentialValue(value as Readonly<Record<string, unknown>>);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (hidesValue && name === "value") return [name, HIDDEN];
      if (isCredential(name) && typeof inner === "string") return [name, HIDDEN];
      if (!CONTENT.has(name)) return [name, withoutSecrets(inner)];
      if (inner === null || typeof inner !== "object") return [name, HIDDEN];
      return [name, Object.fromEntries(Object.keys(inner).map((key) => [key, HIDDEN]))];
    }),
  );
}

const isCredential = (name: string): boolean => CREDENTIAL.test(name) && !PLAIN.test(name);

/** True if the field `value` is a credential: of a variable by its name, of a JSON patch by its path. */
function isCredentialValue({ name, op, path }: Readonly<Record<string, unknown>>): boolean {
  if (typeof name === "string" && CREDENTIAL.test(name)) return true;
  if (typeof op !== "string" || typeof path !== "string") return false;
  const names = path.split("/");
  return CONTENT.has(names[1] ?? "") || UNNAMED.test(path) || isCredential(names.at(-1) ?? "");
}

/** Returns a list, which may be a command line, without the values of flags and variables that are credentials. */
function withoutFlagValues(words: readonly unknown[]): unknown[] {
  let isValue = false;
  return words.map((word) => {
    if (typeof word !== "string") return withoutSecrets(word);
    if (isValue && !word.startsWith("-")) {
      isValue = false;
      return HIDDEN;
    }
    isValue = /^-[^=\s]*$/.test(word) && CREDENTIAL.test(word);
    return withoutSecrets(word.replace(ASSIGNED, `$1${HIDDEN}`));
  });
}
