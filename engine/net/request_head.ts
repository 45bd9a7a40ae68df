/**
 * Writes the head of an HTTP/1.1 request.
 *
 * @module
 */
/** One header; a name may come several times. */
export type Header = readonly [name: string, value: string];

/** What {@linkcode requestBytes} puts together. */
export interface RequestParts {
  readonly method: string;
  /** Path and query; the whole address for an HTTP proxy. */
  readonly target: string;
  /** Host, with its port when it is not the scheme's own. */
  readonly host: string;
  readonly headers: readonly Header[];
  readonly body: string | Uint8Array | undefined;
  /** True to say that the answer may be packed. */
  readonly mayPack: boolean;
}

const utf8 = new TextEncoder();
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;

/**
 * The bytes of a request: head and body in one, so that they go out together.
 *
 * @throws TypeError for a name or value that no header can carry; the value is not told.
 */
export function requestBytes({ method, target, host, headers, body, mayPack }: RequestParts): Uint8Array {
  const content = body === undefined ? undefined : typeof body === "string" ? utf8.encode(body) : body;
  const known = new Set(headers.map(([name]) => name.toLowerCase()));
  const all: Header[] = [["Host", host], ...headers];
  if (mayPack && !known.has("accept-encoding")) all.push(["Accept-Encoding", "gzip"]);
  if (content !== undefined) all.push(["Content-Length", String(content.length)]);
  if (!TOKEN.test(method) || /[\x00-\x20\x7f]/.test(target)) throw new TypeError("the request's address is invalid");
  const lines = all.map(([name, value]) => {
    // Beyond these, one header could become two, or two requests.
    if (!TOKEN.test(name) || /[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new TypeError(`the value of the header ${JSON.stringify(name)} cannot be sent`);
    }
    return `${name}: ${value}\r\n`;
  });
  const head = `${method} ${target} HTTP/1.1\r\n${lines.join("")}\r\n`;
  const bytes = new Uint8Array(head.length + (content?.length ?? 0));
  for (let at = 0; at < head.length; at++) bytes[at] = head.charCodeAt(at);
  if (content !== undefined) bytes.set(content, head.length);
  return bytes;
}
