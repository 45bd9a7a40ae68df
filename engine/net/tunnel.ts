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
import { faultOf, NetworkFault, type Place } from "./fault.ts";
import { parseIp } from "./ip.ts";
import type { Proxy } from "./proxy.ts";
import { discard, openSocket, settled } from "./wire.ts";

/** How long a proxy may take to open a tunnel, as in Go's transports. */
const TUNNEL_MS = 60_000;
/** Maximal size of a proxy's answer. */
const ANSWER_BYTES_MAX = 65_536;

/** A place that is reached through a proxy. */
export interface ProxiedPlace extends Place {
  readonly proxy: Proxy;
}

/** Runs the TLS handshake with a proxy of scheme `https`. */
export type Secure = (socket: Socket, place: ProxiedPlace) => Promise<Socket>;

/** Returns the value of `Proxy-Authorization` for an HTTP proxy; `undefined` when it needs none. */
export function proxyAuthorization({ user }: Proxy): string | undefined {
  if (user === undefined) return undefined;
  return `Basic ${Buffer.from(`${user.name}:${user.password ?? ""}`).toString("base64")}`;
}

/** Opens a connection to the place's proxy. */
export async function openProxy({ proxy, signal }: ProxiedPlace, secure: Secure): Promise<Socket> {
  const place = { host: proxy.host, port: proxy.port, proxy, signal };
  try {
    const socket = await openSocket(proxy.host, proxy.port, place);
    return proxy.scheme === "https" ? await secure(socket, place) : socket;
  } catch (error) {
    if (signal?.aborted) throw signal.reason;
    throw onTheWay(error, place);
  }
}

/** Opens a connection to the place through its proxy. */
export async function openTunnel(place: ProxiedPlace, secure: Secure): Promise<Socket> {
  const socket = await openProxy(place, secure);
  try {
    await (place.proxy.scheme === "socks5" ? askSocks : askHttp)(socket, place);
    return socket;
  } catch (error) {
    discard(socket);
    if (place.signal?.aborted) throw place.signal.reason;
    throw onTheWay(error, place);
  }
}

/** Returns the fault for a failure before the proxy had opened the tunnel; Go adds this prefix to its message. */
function onTheWay(error: unknown, place: ProxiedPlace): NetworkFault {
  const fault = faultOf(error, place);
  if (fault.kind === "proxy") return fault;
  const { kind, message, hint, cause } = fault;
  return new NetworkFault(kind, fault.isBeforeProxy ? message : `proxyconnect tcp: ${message}`, {
    hint: hint ?? `The proxy is named by ${place.proxy.source}. Check it, or name the host in NO_PROXY.`,
    proxy: place.proxy,
    isBeforeProxy: true,
    cause,
  });
}

function refusal(proxy: Proxy, words: string, hint?: string): NetworkFault {
  return new NetworkFault("proxy", words, {
    hint: hint ??
      `The proxy that ${proxy.source} names refused the connection. Check it, or name the host in NO_PROXY.`,
    proxy,
  });
}

async function askHttp(socket: Socket, way: ProxiedPlace): Promise<void> {
  const { host, port, proxy } = way;
  const place = `${isIPv6(host) ? `[${host}]` : host}:${port}`;
  const opens = proxyAuthorization(proxy);
  socket.write(
    `CONNECT ${place} HTTP/1.1\r\nHost: ${place}\r\n${
      opens === undefined ? "" : `Proxy-Authorization: ${opens}\r\n`
    }\r\n`,
  );
  const head = await readUntil(socket, endOfHead, way);
  const [line = ""] = head.toString("latin1").split("\r\n", 1);
  const [, status, reason = ""] = /^HTTP\/1\.[01] (\d{3}) ?(.*)$/.exec(line) ?? [];
  if (status === undefined) throw refusal(proxy, `malformed HTTP response ${JSON.stringify(line.slice(0, 80))}`);
  if (status === "200") return;
  // As in Go, only the text of the status is shown. Control characters are removed.
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

/** Go's messages for the reply codes of a SOCKS5 server; the index is the code. */
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

async function askSocks(socket: Socket, place: ProxiedPlace): Promise<void> {
  const { proxy } = place;
  const read = (size: number): Promise<Buffer> =>
    readUntil(socket, (bytes) => bytes.length < size ? undefined : size, place);
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
  socket.write(Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(place)]));
  const [, reply = 1, , kind = 1] = await read(4);
  if (reply !== 0) throw refusal(proxy, `socks connect: ${SOCKS_REPLIES[reply] ?? `unknown code: ${reply}`}`);
  // Skips the address that the proxy connects from.
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

/** Returns type, address and port of a SOCKS5 request. The proxy resolves names. */
function socksAddress({ host, port }: Place): Buffer {
  const end = Buffer.from([port >> 8, port & 255]);
  const ip = parseIp(host);
  if (ip !== undefined && isIPv4(host)) return Buffer.concat([Buffer.from([1]), ip.subarray(12), end]);
  if (ip !== undefined) return Buffer.concat([Buffer.from([4]), ip, end]);
  const name = Buffer.from(host);
  if (name.length > 255) throw new NetworkFault("other", "socks connect: FQDN too long");
  return Buffer.concat([Buffer.from([3, name.length]), name, end]);
}

/**
 * Reads from a socket until `complete` finds the end of the answer. Bytes after
 * the end are put back into the socket.
 *
 * @param complete Called with all bytes so far; returns the size of the answer, or `undefined` to read more.
 */
async function readUntil(
  socket: Socket,
  complete: (bytes: Buffer) => number | undefined,
  place: Place,
): Promise<Buffer> {
  const late = (): Error =>
    new NetworkFault("timeout", "proxyconnect tcp: i/o timeout", { proxy: place.proxy, isBeforeProxy: true });
  let bytes: Buffer = Buffer.alloc(0);
  for (;;) {
    const size = complete(bytes);
    if (size !== undefined) {
      if (size < bytes.length) socket.unshift(bytes.subarray(size));
      return bytes.subarray(0, size);
    }
    if (bytes.length > ANSWER_BYTES_MAX) throw new NetworkFault("proxy", "the proxy's answer is too long", place);
    const part: Buffer | null = socket.read();
    if (part !== null) bytes = Buffer.concat([bytes, part]);
    else await settled(socket, "readable", { limitMs: TUNNEL_MS, late, signal: place.signal });
  }
}
