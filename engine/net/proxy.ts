/**
 * Which proxy a request goes through: one decision for every connection.
 *
 * Source: Go 1.14, `net/http` (`ProxyFromEnvironment`), which Helm 2.17.0 asks
 * for the API server and for repositories; and for `proxy-url` of kubeconfigs
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
  /** That of the scheme when none was given. */
  readonly port: number;
  /** What opens it; `password` is absent when none was given. */
  readonly user: { readonly name: string; readonly password?: string } | undefined;
  /** The variable or setting that names it. */
  readonly source: string;
}

/** Gives the proxy for an address, or `undefined` for a direct connection. */
export type ProxyChoice = (url: string) => Proxy | undefined;

/** Names of the variables that {@linkcode proxyFromVariables} looks at. */
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
 * Reads the variables once. Capital letters go before small ones; HTTPS_PROXY
 * is for `https` addresses, HTTP_PROXY for those and for all others. This
 * machine itself is always reached directly.
 *
 * @example NO_PROXY names what is reached directly
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const choose = proxyFromVariables({ HTTPS_PROXY: "proxy.corp:3128", NO_PROXY: ".corp,10.0.0.0/8" });
 * equal(choose("https://api.example.com:6443/version")?.host, "proxy.corp");
 * equal(choose("https://api.corp:6443/version"), undefined);
 * equal(choose("https://10.1.2.3:6443/version"), undefined);
 * ```
 *
 * @throws (the function that is returned) SkegError of kind `config` where Go refuses HTTP_PROXY.
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

/** The value that counts, and the name it was found under. */
function either(variables: NetworkVariables, name: string): [value: string, name: string] {
  const small = name.toLowerCase();
  return variables[name] ? [variables[name] ?? "", name] : [variables[small] ?? "", small];
}

/**
 * The proxy that a kubeconfig's `proxy-url` names, for every address.
 *
 * @throws SkegError of kind `config`, without the address, for anything but that of an http, https or socks5 proxy.
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

/** A proxy's address as messages show it: without the name and password that open it. */
export function shownProxy({ scheme, host, port, user }: Proxy): string {
  const place = host.includes(":") ? `[${host}]` : host;
  return `${scheme}://${user === undefined ? "" : "***@"}${place}:${port}`;
}

/** A value that is no address of a proxy is taken for `host:port`; one that is nothing at all does not count. */
function parseProxy(value: string, source: string): Proxy | undefined {
  if (value === "") return undefined;
  const address = parseGoAddress(value);
  if (address !== undefined && SCHEMES.includes(address.scheme)) return proxyOf(address, source);
  // Later Go releases know this name for a proxy that resolves names itself, which is what socks5 does here too.
  if (address?.scheme === "socks5h") return proxyOf({ ...address, scheme: "socks5" }, source);
  const completed = parseGoAddress(`http://${value}`) ?? address;
  return completed === undefined ? undefined : proxyOf(completed, source);
}

function proxyOf(address: GoAddress, source: string): Proxy {
  const port = portOf(address) || (PORTS[address.scheme] ?? "0");
  return { scheme: address.scheme, host: hostnameOf(address), port: Number(port), user: address.user, source };
}

/** A host in other letters than ASCII is compared in its encoded form. */
function parseTarget(url: string): GoAddress | undefined {
  const address = parseGoAddress(url);
  if (address === undefined || !/[^\0-\x7f]/.test(address.host) || !URL.canParse(url)) return address;
  return { ...address, host: new URL(url).hostname + (portOf(address) === "" ? "" : `:${portOf(address)}`) };
}
