/**
 * Chooses the proxy of a request, in one way for all connections.
 *
 * Source: Go 1.14, `net/http` (`ProxyFromEnvironment`), which Helm 2.17.0 uses
 * for the API server and for repositories. For `proxy-url` of kubeconfigs:
 * Kubernetes' client library (`clientcmd`).
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { type GoAddress, hostnameOf, parseGoAddress, portOf } from "./go_address.ts";
import { isLoopback, parseIp } from "./ip.ts";
import { noProxyRules } from "./no_proxy.ts";

/** Environment variables; `undefined` values count as absent. */
export type NetworkVariables = Readonly<Record<string, string | undefined>>;

/** A proxy to go through. */
export interface Proxy {
  /** `http`, `https` or `socks5`. */
  readonly scheme: string;
  /** Without brackets. */
  readonly host: string;
  /** The scheme's default port when none was given. */
  readonly port: number;
  /** Credentials for the proxy; `password` is absent when none was given. */
  readonly user: { readonly name: string; readonly password?: string } | undefined;
  /** The variable or setting that the proxy comes from. */
  readonly source: string;
}

/** Returns the proxy for an address, or `undefined` for a direct connection. */
export type ProxyChoice = (url: string) => Proxy | undefined;

/** Names of the variables that {@linkcode proxyFromVariables} reads. */
export const PROXY_VARIABLES: readonly string[] = [
  "HTTP_PROXY",
  "http_proxy",
  "HTTPS_PROXY",
  "https_proxy",
  "NO_PROXY",
  "no_proxy",
  "REQUEST_METHOD",
];

const SCHEMES = ["http", "https", "socks5"];
const PORTS: Readonly<Record<string, string>> = { http: "80", https: "443", socks5: "1080" };

/**
 * Returns the choice that the environment variables make. The variables are read once.
 *
 * A name in capital letters has priority over one in lower case. HTTPS_PROXY is
 * for `https` addresses; HTTP_PROXY is for `http` addresses, and for `https`
 * ones without HTTPS_PROXY. Loopback addresses are always reached directly.
 *
 * @example Hosts in NO_PROXY are reached directly
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const choose = proxyFromVariables({ HTTPS_PROXY: "proxy.corp:3128", NO_PROXY: ".corp,10.0.0.0/8" });
 * equal(choose("https://api.example.com:6443/version")?.host, "proxy.corp");
 * equal(choose("https://api.corp:6443/version"), undefined);
 * equal(choose("https://10.1.2.3:6443/version"), undefined);
 * ```
 *
 * @throws (by the returned function) SkegError of kind `config` where Go refuses HTTP_PROXY.
 */
export function proxyFromVariables(variables: NetworkVariables): ProxyChoice {
  const [forHttp, forHttps] = ["HTTP_PROXY", "HTTPS_PROXY"].map((name) => parseProxy(...either(variables, name)));
  if (forHttp === undefined && forHttps === undefined) return () => undefined;
  const isDirect = noProxyRules(either(variables, "NO_PROXY")[0]);
  const isCgi = Boolean(variables["REQUEST_METHOD"]);
  return (url) => {
    const address = parseTarget(url);
    if (address === undefined) return undefined;
    const proxy = address.scheme === "https" ? forHttps ?? forHttp : forHttp;
    if (proxy === undefined) return undefined;
    if (isCgi && proxy === forHttp) {
      throw new SkegError(
        "config",
        "refusing to use HTTP_PROXY value in CGI environment; see golang.org/s/cgihttpproxy",
        { hint: "Set HTTPS_PROXY, or unset REQUEST_METHOD." },
      );
    }
    const host = hostnameOf(address).trim().toLowerCase();
    const ip = parseIp(host);
    if (host === "localhost" || ip !== undefined && isLoopback(ip)) return undefined;
    return isDirect({ host, port: portOf(address) || (PORTS[address.scheme] ?? ""), ip }) ? undefined : proxy;
  };
}

/** Returns the value in effect, and the name of its variable. */
function either(variables: NetworkVariables, name: string): [value: string, name: string] {
  const small = name.toLowerCase();
  return variables[name] ? [variables[name] ?? "", name] : [variables[small] ?? "", small];
}

/**
 * Returns the choice that always uses the `proxy-url` of a kubeconfig.
 *
 * @throws SkegError of kind `config` when `text` is not the address of an http, https or socks5 proxy. The message does
 * not contain the address.
 */
export function proxyFromUrl(text: string): ProxyChoice {
  const address = parseGoAddress(text);
  if (address === undefined) throw badProxyUrl("could not parse");
  if (!SCHEMES.includes(address.scheme)) {
    throw badProxyUrl(`unsupported scheme ${JSON.stringify(address.scheme)}, must be http, https, or socks5`);
  }
  const proxy = proxyOf(address, "proxy-url");
  return () => proxy;
}

function badProxyUrl(problem: string): SkegError {
  return new SkegError("config", problem, {
    hint: "Give the proxy as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT.",
  });
}

/** Returns a proxy's address for messages, without its credentials. */
export function shownProxy({ scheme, host, port, user }: Proxy): string {
  const place = host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${user === undefined ? "" : "***@"}${place}:${port}`;
}

/** Parses a proxy's address. A value that is not an address is read as `host:port`; an unusable one is ignored. */
function parseProxy(value: string, source: string): Proxy | undefined {
  if (value === "") return undefined;
  const address = parseGoAddress(value);
  if (address !== undefined && SCHEMES.includes(address.scheme)) return proxyOf(address, source);
  // Later Go releases use this name for a proxy that resolves names itself. Here socks5 does that too.
  if (address?.scheme === "socks5h") return proxyOf({ ...address, scheme: "socks5" }, source);
  const completed = parseGoAddress(`http://${value}`) ?? address;
  return completed === undefined ? undefined : proxyOf(completed, source);
}

function proxyOf(address: GoAddress, source: string): Proxy {
  const port = portOf(address) || (PORTS[address.scheme] ?? "0");
  return { scheme: address.scheme, host: hostnameOf(address), port: Number(port), user: address.user, source };
}

/** Parses the target of a request. A host with non-ASCII letters is compared in its encoded (Punycode) form. */
function parseTarget(url: string): GoAddress | undefined {
  const address = parseGoAddress(url);
  if (address === undefined || !/[^\0-\x7f]/.test(address.host) || !URL.canParse(url)) return address;
  return { ...address, host: new URL(url).hostname + (portOf(address) === "" ? "" : `:${portOf(address)}`) };
}
