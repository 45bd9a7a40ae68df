/**
 * Reads the answer to one HTTP/1.1 request from bytes as they come.
 *
 * The runtime's `node:http` would do it as well; loading and warming it up
 * takes 15 ms of every short command (`docs/decisions/kube-access.md`).
 *
 * Source: RFC 9112; where servers differ from it, what Go 1.14's `net/http` takes.
 *
 * @module
 */
import { joinBytes } from "./bytes.ts";
import { NetworkFault } from "./fault.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Status and headers of an answer. */
export interface AnswerHead {
  /** 200 to 599. */
  readonly status: number;
  /** The words after the status; may be empty. */
  readonly statusText: string;
  /** All that came. */
  readonly headers: Headers;
}

/** A head, and a line within a body, is no longer. */
const HEAD_BYTES_MAX = 1_048_576;
const LINE_BYTES_MAX = 65_536;
/** A head has no more lines. */
const HEADERS_MAX = 5_000;
/** So many interim answers may come before the real one, as in Go. */
const INTERIM_MAX = 5;
const NEWLINE = 10;

type State = "head" | "counted" | "size" | "chunk" | "chunk-end" | "trailers" | "open-ended" | "done";

/** Takes bytes in, gives the head and the parts of the body out. */
export class AnswerParser {
  readonly #method: string;
  #state: State = "head";
  /** What could not be read yet: less than a head, or than a line. */
  #held = new Uint8Array();
  #left = 0;
  #interim = 0;
  #head: AnswerHead | undefined;
  #mayStay = true;

  /** @param method That of the request: an answer to HEAD has no body. */
  constructor(method: string) {
    this.#method = method;
  }

  /** The head, once it has come. */
  get head(): AnswerHead | undefined {
    return this.#head;
  }

  /** True when the answer is complete. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /** True when another request may follow on the connection: the answer is complete, and nothing came after it. */
  get mayStay(): boolean {
    return this.isDone && this.#mayStay && this.#held.length === 0;
  }

  /**
   * Takes the next bytes in.
   *
   * @returns Parts of the body, perhaps none: views of `bytes`, which is the caller's again afterwards.
   * @throws NetworkFault of kind `answer` for bytes that are no HTTP.
   */
  push(bytes: Bytes): Bytes[] {
    const parts: Bytes[] = [];
    let rest = this.#held.length === 0 ? bytes : joinBytes([this.#held, bytes]);
    this.#held = rest;
    while (this.#state !== "done" && (rest.length > 0 || this.#left === 0 && this.#state === "counted")) {
      const next = this.#step(rest, parts);
      if (next === undefined) break;
      this.#held = rest = next;
    }
    // A copy; of the kind of array that sockets give, slices would be views.
    this.#held = new Uint8Array(this.#held);
    return parts;
  }

  /** Says that the connection was closed. Returns true when that is a proper end of the answer. */
  end(): boolean {
    if (this.#state === "open-ended") this.#state = "done";
    return this.isDone;
  }

  /** Reads one thing from the beginning of `bytes`; returns what follows it, or `undefined` when more is needed. */
  #step(bytes: Bytes, parts: Bytes[]): Bytes | undefined {
    switch (this.#state) {
      case "head":
        return this.#readHead(bytes);
      case "size":
        return this.#readSize(bytes);
      case "trailers":
        return this.#readTrailer(bytes);
      case "open-ended":
        parts.push(bytes);
        return bytes.subarray(bytes.length);
      case "chunk-end": {
        const line = lineOf(bytes);
        if (line === undefined) return undefined;
        if (line.text !== "") throw malformed("malformed chunked encoding");
        this.#state = "size";
        return line.rest;
      }
      default: {
        const part = bytes.subarray(0, this.#left);
        if (part.length > 0) parts.push(part);
        this.#left -= part.length;
        if (this.#left === 0) this.#state = this.#state === "chunk" ? "chunk-end" : "done";
        return bytes.subarray(part.length);
      }
    }
  }

  #readHead(bytes: Bytes): Bytes | undefined {
    const end = endOfHead(bytes);
    if (end === undefined) {
      const start = latin1(bytes.subarray(0, 5));
      if (!"HTTP/".startsWith(start)) throw notHttp(bytes);
      if (bytes.length > HEAD_BYTES_MAX) throw malformed("server response headers exceeded 1048576 bytes; aborted");
      return undefined;
    }
    const { head, minor } = parseHead(bytes.subarray(0, end));
    const rest = bytes.subarray(end);
    if (head.status < 200) {
      // Nobody asked to switch protocols; other interim answers are passed over.
      if (head.status === 101 || ++this.#interim > INTERIM_MAX) throw malformed("too many 1xx informational responses");
      return rest;
    }
    this.#head = head;
    this.#frame(head, minor);
    return rest;
  }

  /** Decides from the head where the body ends. */
  #frame({ status, headers }: AnswerHead, minor: string): void {
    const says = (token: string): boolean =>
      (headers.get("connection") ?? "").toLowerCase().split(",").some((each) => each.trim() === token);
    this.#mayStay = minor === "1" ? !says("close") : says("keep-alive");
    const coding = headers.get("transfer-encoding")?.trim().toLowerCase();
    const length = lengthOf(headers);
    if (this.#method === "HEAD" || status === 204 || status === 304) {
      this.#state = "done";
    } else if (coding === "chunked") {
      this.#state = "size";
    } else if (coding !== undefined && coding !== "identity") {
      throw malformed(`unsupported transfer encoding: ${JSON.stringify(coding.slice(0, 80))}`);
    } else if (length !== undefined) {
      this.#left = length;
      this.#state = length === 0 ? "done" : "counted";
    } else {
      this.#mayStay = false;
      this.#state = "open-ended";
    }
  }

  #readSize(bytes: Bytes): Bytes | undefined {
    const line = lineOf(bytes);
    if (line === undefined) return undefined;
    const digits = /^([0-9a-fA-F]+)[ \t]*(?:;.*)?$/.exec(line.text)?.[1];
    const size = digits === undefined ? NaN : parseInt(digits, 16);
    if (!Number.isSafeInteger(size)) throw malformed("invalid byte in chunk length");
    this.#left = size;
    this.#state = size === 0 ? "trailers" : "chunk";
    return line.rest;
  }

  #readTrailer(bytes: Bytes): Bytes | undefined {
    const line = lineOf(bytes);
    if (line?.text === "") this.#state = "done";
    return line?.rest;
  }
}

function malformed(what: string): NetworkFault {
  return new NetworkFault("answer", `net/http: HTTP/1.x transport connection broken: ${what}`);
}

function notHttp(bytes: Bytes): NetworkFault {
  const [line = ""] = latin1(bytes.subarray(0, 80)).split(/[\r\n]/, 1);
  const message = `malformed HTTP response ${JSON.stringify(line.replace(/[^\x20-\x7e]/g, "?"))}`;
  return new NetworkFault("answer", `net/http: HTTP/1.x transport connection broken: ${message}`, {
    hint: "What listens there does not speak HTTP, or wants TLS: the address may have to begin with https://.",
  });
}

/** Where the body begins: after an empty line. */
function endOfHead(bytes: Bytes): number | undefined {
  for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) {
    if (bytes[at + 1] === NEWLINE) return at + 2;
    if (bytes[at + 1] === 13 && bytes[at + 2] === NEWLINE) return at + 3;
  }
  return undefined;
}

function lineOf(bytes: Bytes): { text: string; rest: Bytes } | undefined {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0 || end > LINE_BYTES_MAX) {
    if (bytes.length > LINE_BYTES_MAX) throw malformed("header line too long");
    return undefined;
  }
  return { text: latin1(bytes.subarray(0, end)).replace(/\r$/, ""), rest: bytes.subarray(end + 1) };
}

function parseHead(bytes: Bytes): { head: AnswerHead; minor: string } {
  // A line that begins with a space belongs to the one before it.
  const [first = "", ...lines] = latin1(bytes).trimEnd().replace(/\r?\n[ \t]+/g, " ").split(/\r?\n/);
  const [, minor, status, statusText = ""] = /^HTTP\/1\.([01]) ([0-9]{3})(?: (.*))?$/.exec(first) ?? [];
  if (minor === undefined || status === undefined || Number(status) < 100 || Number(status) > 599) throw notHttp(bytes);
  // Each one that is added is compared with all that are there.
  if (lines.length > HEADERS_MAX) throw malformed(`server response has more than ${HEADERS_MAX} headers; aborted`);
  const headers = new Headers();
  for (const line of lines) {
    const [name = ""] = /^[^\s:]+(?=:)/.exec(line) ?? [];
    try {
      // The runtime cuts off the blanks around a value, in time with the square of the longest run of them.
      headers.append(name, line.slice(name.length + 1).replace(/[ \t]{100,}/g, " "));
    } catch {
      throw malformed("malformed MIME header line");
    }
  }
  return { head: { status: Number(status), statusText: statusText.trim(), headers }, minor };
}

function lengthOf(headers: Headers): number | undefined {
  const given = headers.get("content-length");
  if (given === null) return undefined;
  const lengths = new Set(given.split(",").map((each) => each.trim()));
  const [length = ""] = lengths;
  if (lengths.size > 1 || !/^[0-9]{1,15}$/.test(length)) {
    throw malformed(`bad Content-Length ${JSON.stringify(given.slice(0, 80))}`);
  }
  return Number(length);
}

/** Each byte as one character, which is what headers hold. */
function latin1(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
