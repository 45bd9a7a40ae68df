/**
 * Decides if a request may be looked at at all, before anything of it is read.
 *
 * A page of another site is the attacker: it can make this browser send requests here, under any name that resolves to this
 * machine. So the name, the origin and the browser's own word about the sender must be ours.
 *
 * @module
 */

/** Why a request is refused. */
export interface UiRefusal {
  /** HTTP status. */
  readonly status: number;
  /** Kind of the error. */
  readonly kind: string;
  /** One sentence. */
  readonly message: string;
}

/** The parts of a request that are checked. */
export interface RequestHead {
  /** HTTP method. */
  readonly method: string;
  /** Whole address, as the runtime makes it of the request line and the header Host. */
  readonly url: string;
  /** All headers. */
  readonly headers: Headers;
}

/** A longer address is refused. */
const URL_MAX = 8 * 1024;

/** Places in a page that load a document inside of another. */
const FRAMES: ReadonlySet<string> = new Set(["iframe", "frame", "embed", "object", "fencedframe"]);

/** Returns the names under which the server can be reached. */
export function ownHosts(port: number): readonly string[] {
  return [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
}

/**
 * Returns why a request is refused; `undefined` if it may be answered.
 *
 * @param isDocument True for an address that is answered with the page itself, which a browser opens without a sender.
 */
export function refusalOf(
  { method, url, headers }: RequestHead,
  port: number,
  isDocument: (path: string) => boolean,
): UiRefusal | undefined {
  const host = headers.get("host") ?? "";
  if (!ownHosts(port).includes(host)) {
    return { status: 421, kind: "usage", message: "this server answers only to its own name" };
  }
  const address = url.length > URL_MAX ? undefined : URL.parse(url);
  if (address === undefined) return { status: 414, kind: "usage", message: "the address is too long" };
  if (address === null) return { status: 400, kind: "usage", message: "the address is malformed" };
  // An absolute address in the request line comes before Host.
  if (address.host !== host) {
    return { status: 421, kind: "usage", message: "this server answers only to its own name" };
  }
  if (method !== "GET" && method !== "POST") {
    return { status: 405, kind: "usage", message: "only GET and POST are answered" };
  }
  const origin = headers.get("origin");
  if (origin !== null && origin !== `http://${host}`) {
    return { status: 403, kind: "usage", message: "the request comes from another origin" };
  }
  if (FRAMES.has(headers.get("sec-fetch-dest") ?? "")) {
    return { status: 403, kind: "usage", message: "the page is not shown inside of another" };
  }
  const site = headers.get("sec-fetch-site");
  const isOpened = site === "none" && method === "GET" && isDocument(address.pathname);
  if (site !== null && site !== "same-origin" && !isOpened) {
    return { status: 403, kind: "usage", message: "the request comes from another site" };
  }
  return undefined;
}
