/**
 * Redirects of API servers and of proxies before them.
 *
 * A redirect names an address that is not in the kubeconfig, and a request contains credentials and objects,
 * Secrets included. So no request goes to another host, and requests that change something are not redirected
 * at all.
 *
 * Go's client, and with it Helm 2, follows redirects to any host, with the
 * body.
 *
 * @module
 */
import { KubeError } from "../../errors.ts";
import { maskAddress } from "../base/mod.ts";
import { describeRequest } from "./paths.ts";
import type { KubeRequest } from "./types.ts";

/** The limit of Go's client. */
const REDIRECTS_MAX = 10;
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/**
 * Sends a request. For reads, follows redirects that stay below the server's address.
 *
 * @param server Address of the API server, without a slash at the end.
 * @param send Sends one request and follows no redirect.
 * @throws KubeError for every other redirect; the message names its target.
 */
export async function followRedirects(
  server: string,
  request: KubeRequest,
  send: (request: KubeRequest) => Promise<Response>,
): Promise<Response> {
  let next = request;
  for (let step = 0;; step++) {
    const response = await send(next);
    if (!REDIRECTS.has(response.status)) return response;
    await response.body?.cancel();
    const location = response.headers.get("location") ?? "";
    const path = request.method === "GET" ? pathBelow(server, next.path, location) : undefined;
    if (path === undefined || step === REDIRECTS_MAX) throw refused(server, request, location, response.status);
    next = { ...next, path };
  }
}

/** Returns the path of a redirect's target; `undefined` when that is not below the server's address. */
function pathBelow(server: string, path: string, location: string): string | undefined {
  if (location === "" || !URL.canParse(location, server + path)) return undefined;
  const target = new URL(location, server + path);
  const base = new URL(server);
  const start = base.pathname.replace(/\/$/, "");
  // A user in the target would change the request's credentials.
  const isOwn = target.origin === base.origin && target.username === "" && target.password === "";
  if (!isOwn || !target.pathname.startsWith(`${start}/`)) return undefined;
  return target.pathname.slice(start.length) + target.search;
}

function refused(server: string, { method, path }: KubeRequest, location: string, status: number): KubeError {
  const where = location === "" ? "nowhere" : JSON.stringify(maskAddress(location));
  const why = method === "GET"
    ? "only redirects to the server itself are followed"
    : "requests that change something are not redirected";
  const message = `the API server at ${maskAddress(server)} redirects the request to ${
    describeRequest(method, path)
  } to ${where}: ${why}`;
  return new KubeError(message, status, "", {
    hint: "Check the server's address in the kubeconfig: a proxy or a login page may answer in its place.",
  });
}
