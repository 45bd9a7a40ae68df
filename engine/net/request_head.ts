/**
 * Encodes HTTP/1.1 requests.
 *
 * @module
 */
import { NetworkFault } from "./fault.ts";

/** One header; a name may occur several times. */
export type Header = readonly [name: string, value: string];

/** The parts of a request for {@linkcode requestBytes}. */
export interface RequestParts {
  readonly method: string;
  /** Path and query; the whole address for an HTTP proxy. */
  readonly target: string;
  /** Host, with its port unless it is the scheme's default port. */
  readonly host: string;
  readonly headers: readonly Header[];
  readonly body: string | Uint8Array | undefined;
  /** True to allow a compressed answer (`Accept-Encoding: gzip`). */
  readonly mayPack: boolean;
}

const utf8 = new TextEncoder();
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * Returns the bytes of a request: head and body in one array, so that they are sent together.
 *
 * Values are sent as UTF-8, as Go sends them: names of users may have any letter.
 *
 * Source: Go 1.14, `net/http` (`transport.go`), `golang.org/x/net/http/httpguts`.
 *
 * @throws NetworkFault of kind `header` for a name or value that a header cannot contain. The message does not contain
 * the value, which may be a token.
 */
export function requestBytes({ method, target, host, headers, body, mayPack }: RequestParts): Uint8Array {
  const content = body === undefined ? undefined : typeof body === "string" ? utf8.encode(body) : body;
  const known = new Set(headers.map(([name]) => name.toLowerCase()));
  const all: Header[] = [["Host", host], ...headers];
  if (mayPack && !known.has("accept-encoding")) all.push(["Accept-Encoding", "gzip"]);
  if (content !== undefined) all.push(["Content-Length", String(content.length)]);
  if (!TOKEN.test(method) || /[\x00-\x20\x7f]/.test(target)) throw new TypeError("the request's address is invalid");
  const lines = all.map(([name, value]) => {
    // Control characters could turn one header into two, or one request into two.
    if (!TOKEN.test(name)) {
      throw new NetworkFault("header", `net/http: invalid header field name ${JSON.stringify(name)}`);
    }
    if (/[^\t\x20-\x7e\x80-\uffff]/.test(value)) {
      throw new NetworkFault("header", `net/http: invalid header field value for key ${JSON.stringify(name)}`, {
        hint: "The value contains a line break or another control character.",
      });
    }
    return `${name}: ${value}\r\n`;
  });
  const head = utf8.encode(`${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`);
  const bytes = new Uint8Array(head.length + (content?.length ?? 0));
  bytes.set(head);
  if (content !== undefined) bytes.set(content, head.length);
  return bytes;
}
