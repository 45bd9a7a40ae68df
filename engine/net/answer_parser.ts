/**
 * Reads the answer to one HTTP/1.1 request from bytes as they come.
 *
 * The runtime's `node:http` could do this too, but loading and warming it up
 * costs every short command 15 ms (`docs/decisions/kube-access.md`).
 *
 * Source: RFC 9112; where servers deviate from it, whatever Go 1.14's `net/http` accepts.
 *
 * @module
 */
import { joinBytes } from "../base/mod.ts";
import { NetworkFault } from "./fault.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Status and headers of an answer. */
export interface AnswerHead {
  /** 200 to 599. */
  readonly status: number;
  /** The words after the status; may be empty. */
  readonly statusText: string;
  /** All received headers. */
  readonly headers: Headers;
}

/** Maximal size of a head, and of a line within a body. */
const HEAD_BYTES_MAX = 1_048_576;
const LINE_BYTES_MAX = 65_536;
/** A head has no more lines. */
const HEADERS_MAX = 5_000;
/** Maximal number of interim (1xx) answers before the final one, as in Go. */
const INTERIM_MAX = 5;
const NEWLINE = 10;

type State = "head" | "counted" | "size" | "chunk" | "chunk-end" | "trailers" | "open-ended" | "done";

/** Parses received bytes into the head and the parts of the body. */
export class AnswerParser {
  readonly #method: string;
  #state: State = "head";
  /** Received bytes that are not parsed yet: an incomplete head or line. */
  #held = new Uint8Array();
  #left = 0;
  #interim = 0;
  #head: AnswerHead | undefined;
  #mayStay = true;

  /** @param method Method of the request; an answer to HEAD has no body. */
  constructor(method: string) {
    this.#method = method;
  }

  /** The head; `undefined` until it is complete. */
  get head(): AnswerHead | undefined {
    return this.#head;
  }

  /** True if the answer is complete. */
  get isDone(): boolean {
    return this.#state === "done";
  }

  /** True if the connection can be used for another request: the answer is complete, and no bytes followed it. */
  get mayStay(): boolean {
    return this.isDone && this.#mayStay && this.#held.length === 0;
  }

  /**
   * Parses the next bytes.
   *
   * @returns Parts of the body, possibly none. They are views of `bytes`, which the parser does not keep.
   * @throws NetworkFault of kind `answer` for bytes that are not HTTP.
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
    // Copied with `new Uint8Array`, because `slice` of a socket's Buffer would return a view.
    this.#held = new Uint8Array(this.#held);
    return parts;
  }

  /** Called when the connection was closed. Returns true if that is a valid end of the answer. */
  end(): boolean {
    if (this.#state === "open-ended") this.#state = "done";
    return this.isDone;
  }

  /** Parses one element at the start of `bytes`; returns the bytes after it, or `undefined` when more bytes are needed. */
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
      // The request did not ask to switch protocols (101). Other interim answers are skipped.
      if (head.status === 101 || ++this.#interim > INTERIM_MAX) throw malformed("too many 1xx informational responses");
      return rest;
    }
    this.#head = head;
    this.#frame(head, minor);
    return rest;
  }

  /** Determines from the head how the body ends. */
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
    hint: "The server there does not speak HTTP, or requires TLS: the address may have to begin with https://.",
  });
}

/** Returns the index where the body begins, after the empty line; `undefined` when the head is incomplete. */
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
  // A line that begins with a space continues the line before it.
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

/** Decodes each byte as one character, as HTTP headers do. */
function latin1(bytes: Bytes): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 4096) text += String.fromCharCode(...bytes.subarray(at, at + 4096));
  return text;
}
