/**
 * Connections through a proxy.
 *
 * Source: Go 1.14, `net/http` (`transport.go`) and its socks client; RFC 9110,
 * 9.3.6 (CONNECT); RFC 1928 and 1929 (SOCKS5).
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { isIPv4, isIPv6, type Socket } from "node:net";
import { faultOf, type FaultPlace, NetworkFault } from "./fault.ts";
import { parseIp } from "./ip.ts";
import type { Proxy } from "./proxy.ts";
import { openSocket, readUntil } from "./wire.ts";

/** Where a tunnel leads. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** Makes the connection to a proxy of scheme `https` a secure one. */
export type Secure = (socket: Socket, host: string, place: FaultPlace) => Promise<Socket>;

const HEAD_BYTES_MAX = 65_536;

/** The header that opens an HTTP proxy; `undefined` when it needs none. */
export function proxyAuthorization({ user }: Proxy): string | undefined {
  if (user === undefined) return undefined;
  return `Basic ${Buffer.from(`${user.name}:${user.password ?? ""}`).toString("base64")}`;
}

/** Opens a connection to the proxy itself. */
export async function openProxy(proxy: Proxy, secure: Secure): Promise<Socket> {
  const place = { host: proxy.host, port: proxy.port, proxy };
  try {
    const socket = await openSocket(proxy.host, proxy.port, place);
    return proxy.scheme === "https" ? await secure(socket, proxy.host, place) : socket;
  } catch (error) {
    const { kind, message, hint, cause } = faultOf(error, place);
    throw new NetworkFault(kind, `proxyconnect tcp: ${message}`, {
      hint: hint ?? `The proxy is named by ${proxy.source}. Check it, or name the host in NO_PROXY.`,
      proxy,
      cause,
    });
  }
}

/** Opens a connection to `target` through the proxy. */
export async function openTunnel(proxy: Proxy, target: Target, secure: Secure): Promise<Socket> {
  const socket = await openProxy(proxy, secure);
  try {
    await (proxy.scheme === "socks5" ? askSocks : askHttp)(socket, proxy, target);
    return socket;
  } catch (error) {
    socket.on("error", () => {});
    socket.destroy();
    throw error instanceof NetworkFault
      ? error
      : new NetworkFault("proxy", `proxyconnect tcp: ${faultOf(error, { ...target, proxy }).message}`, {
        hint: `The proxy is named by ${proxy.source}. Check it, or name the host in NO_PROXY.`,
        proxy,
        cause: error,
      });
  }
}

function refusal(proxy: Proxy, words: string, hint?: string): NetworkFault {
  return new NetworkFault("proxy", words, {
    hint: hint ??
      `The proxy that ${proxy.source} names refused the connection. Check it, or name the host in NO_PROXY.`,
    proxy,
  });
}

function late(proxy: Proxy): () => NetworkFault {
  return () => new NetworkFault("timeout", "proxyconnect tcp: i/o timeout", { proxy });
}

async function askHttp(socket: Socket, proxy: Proxy, { host, port }: Target): Promise<void> {
  const place = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const opens = proxyAuthorization(proxy);
  socket.write(
    `CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n${
      opens === undefined ? "" : `Proxy-Authorization: ${opens}\r\n`
    }\r\n`,
  );
  const head = await readUntil(socket, endOfHead, HEAD_BYTES_MAX, late(proxy));
  const [line = ""] = head.toString("latin1").split("\r\n", 1);
  const [, status, reason = ""] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(line) ?? [];
  if (status === undefined) throw refusal(proxy, `malformed HTTP response ${JSON.stringify(line.slice(0, 80))}`);
  if (status === "200") return;
  // As Go tells it: the words of the status alone. Control characters are not passed on.
  const words = reason.replace(/[^\x20-\x7e]/g, "?").slice(0, 200) || `unknown status code ${status}`;
  throw refusal(
    proxy,
    words,
    status === "407"
      ? `The proxy wants a name and a password; give them in ${proxy.source}: http://NAME:PASSWORD@HOST:PORT.`
      : undefined,
  );
}

function endOfHead(bytes: Buffer): number | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  return end < 0 ? undefined : end + 4;
}

/** What a SOCKS5 server says when it refuses, in the words of Go's client. */
const SOCKS_REPLIES = [
  "succeeded",
  "general SOCKS server failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
];

async function askSocks(socket: Socket, proxy: Proxy, target: Target): Promise<void> {
  const read = (size: number): Promise<Buffer> =>
    readUntil(socket, (bytes) => bytes.length < size ? undefined : size, HEAD_BYTES_MAX, late(proxy));
  const { user } = proxy;
  socket.write(Buffer.from(user === undefined ? [5, 1, 0] : [5, 2, 0, 2]));
  const [version, method] = await read(2);
  if (version !== 5) throw refusal(proxy, `socks connect: unexpected protocol version ${version}`);
  if (method === 2 && user !== undefined) await logIn(socket, proxy, user, read);
  else if (method !== 0) {
    throw refusal(
      proxy,
      "socks connect: no acceptable authentication methods",
      `Give a name and a password in ${proxy.source}: socks5://NAME:PASSWORD@HOST:PORT.`,
    );
  }
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(target)]));
  const [, reply = 1, , kind = 1] = await read(4);
  if (reply !== 0) throw refusal(proxy, `socks connect: ${SOCKS_REPLIES[reply] ?? `unknown code: ${reply}`}`);
  // The address that the proxy connects from; nothing is done with it.
  const size = kind === 1 ? 4 : kind === 4 ? 16 : (await read(1))[0] ?? 0;
  await read(size + 2);
}

async function logIn(
  socket: Socket,
  proxy: Proxy,
  { name, password = "" }: NonNullable<Proxy["user"]>,
  read: (size: number) => Promise<Buffer>,
): Promise<void> {
  const [who, secret] = [Buffer.from(name), Buffer.from(password)];
  if (who.length === 0 || who.length > 255 || secret.length === 0 || secret.length > 255) {
    throw refusal(proxy, "socks connect: invalid username/password");
  }
  socket.write(Buffer.concat([Buffer.from([1, who.length]), who, Buffer.from([secret.length]), secret]));
  const [, status] = await read(2);
  if (status !== 0) throw refusal(proxy, "socks connect: username/password authentication failed");
}

/** Kind, address and port. Names are resolved by the proxy. */
function socksAddress({ host, port }: Target): Buffer {
  const end = Buffer.from([port >> 8, port & 255]);
  const ip = parseIp(host);
  if (ip !== undefined && isIPv4(host)) return Buffer.concat([Buffer.from([1]), ip.subarray(12), end]);
  if (ip !== undefined) return Buffer.concat([Buffer.from([4]), ip, end]);
  const name = Buffer.from(host);
  if (name.length > 255) throw new NetworkFault("other", "socks connect: FQDN too long");
  return Buffer.concat([Buffer.from([3, name.length]), name, end]);
}
