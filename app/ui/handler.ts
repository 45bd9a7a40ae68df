/**
 * Answers requests: checks, sessions, the page's files, and the API.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { maskSecrets } from "../../engine/base/mod.ts";
import { readBody, type ServerState, TooLarge, type UiCall } from "./call.ts";
import { neededText } from "./fields.ts";
import { refusalOf } from "./guards.ts";
import { securityHeaders } from "./headers.ts";
import type { Idle } from "./idle.ts";
import { isDocumentPath, type PageFiles } from "./page_files.ts";
import { errorResponse, refusal, response } from "./responses.ts";
import { findRoute, type RouteTable, routeTable } from "./router.ts";
import { routesFor } from "./routes/table.ts";
import type { Sessions } from "./sessions.ts";

/** More requests at the same time are refused. Streams count too. */
const REQUESTS_MAX = 256;

/** The path below which the API is. */
const API = "/api/v1";

const NEW_CODE = "Type o and press Enter in the terminal for a new start code.";

/** The parts of a server that a handler uses. */
export interface HandlerParts {
  readonly state: ServerState;
  readonly page: PageFiles;
  readonly sessions: Sessions;
  readonly idle: Idle;
  /** Fires when the server ends. */
  readonly signal: AbortSignal;
}

/** Answers the requests of one server. */
export class Handler {
  readonly #parts: HandlerParts;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #routes: RouteTable;
  #running = 0;

  /** Makes the table of routes: those that write exist only if the options allow it. */
  constructor(parts: HandlerParts) {
    this.#parts = parts;
    this.#headers = securityHeaders(parts.page.importMapHash);
    this.#routes = routeTable(routesFor(parts.state.options));
  }

  /** Answers one request. The order of the checks matters: nothing is read before the sender is known. */
  async handle(request: Request, port: number): Promise<Response> {
    const refused = refusalOf(headOf(request), port, isDocumentPath);
    if (refused !== undefined) {
      const { status, kind, message } = refused;
      return refusal(status, { kind, message, hint: "" }, status === 405 ? this.#allowing("GET, POST") : this.#headers);
    }
    const { pathname } = new URL(request.url);
    if (this.#running >= REQUESTS_MAX) return this.#refuse(429, "usage", "too many requests wait for an answer");
    const done = this.#enter();
    if (pathname.startsWith(`${API}/`)) return await this.#api(request, done);
    try {
      return pathname === "/session" ? await this.#session(request) : this.#file(request, pathname);
    } catch (error) {
      return this.fault(error);
    } finally {
      done();
    }
  }

  /** Returns the answer for an error. A fault of the program is shown in the terminal. */
  fault(error: unknown): Response {
    if (!(error instanceof SkegError) && !(error instanceof TooLarge)) {
      const text = error instanceof Error ? error.stack ?? error.message : String(error);
      this.#parts.state.options.say(`skeg ui: ${maskSecrets(text)}`);
    }
    return errorResponse(error, this.#headers);
  }

  /** Counts a request; the result counts it as done, once. */
  #enter(): () => void {
    const leave = this.#parts.idle.enter();
    this.#running++;
    let isDone = false;
    return () => {
      if (isDone) return;
      isDone = true;
      this.#running--;
      leave();
    };
  }

  /** Exchanges a start code for a token. */
  async #session(request: Request): Promise<Response> {
    if (request.method !== "POST") return this.#wrongMethod("POST");
    const token = await this.#parts.sessions.exchange(neededText(await readBody(request), "code"));
    if (token === undefined) {
      return this.#refuse(401, "usage", "the start code is wrong, used, or older than a minute", NEW_CODE);
    }
    const asked = { method: "POST", headers: request.headers, query: new URLSearchParams() };
    return await response({ json: { token } }, asked, this.#headers, { signal: request.signal, end: () => {} });
  }

  /** Answers a request to the API. `done` is called when the whole answer was sent. */
  async #api(request: Request, done: () => void): Promise<Response> {
    const { state, sessions, signal: ended } = this.#parts;
    const { pathname, searchParams: query } = new URL(request.url);
    const { method, headers } = request;
    const control = new AbortController();
    const end = (): void => {
      control.abort();
      done();
    };
    try {
      const check = await sessions.check(headers.get("authorization"));
      if (check !== "ok") {
        end();
        return this.#refuse(
          401,
          "usage",
          check === "missing" ? "the request has no token" : "the token is wrong",
          NEW_CODE,
        );
      }
      const found = findRoute(this.#routes, method, pathname.slice(API.length));
      if (found === undefined || found === "wrong-method") {
        end();
        if (found === "wrong-method") return this.#wrongMethod(method === "GET" ? "POST" : "GET");
        return this.#refuse(404, "not-found", "there is no such route");
      }
      const signal = AbortSignal.any([control.signal, request.signal, ended]);
      const call: UiCall = { ui: state, params: found.params, query, signal, ended, body: () => readBody(request) };
      const answer = await found.route.answer(call);
      const made = await response(answer, { method, headers, query }, this.#headers, { signal, end });
      if ("json" in answer) end();
      return made;
    } catch (error) {
      end();
      return this.fault(error);
    }
  }

  /** Answers with a file of the page. An address that is not a file's is the page itself, which finds its own way. */
  #file(request: Request, path: string): Response {
    if (request.method !== "GET") return this.#wrongMethod("GET");
    const isPage = isDocumentPath(path);
    const file = this.#parts.page.files.get(isPage ? "/index.html" : path);
    if (file === undefined) return this.#refuse(404, "not-found", "there is no such file");
    const { etag, type, bytes } = file;
    // The page itself is not kept, so that the browser's way back asks for it again.
    const headers = { ...this.#headers, etag, "cache-control": isPage ? "no-store" : "no-cache" };
    if (!isPage && request.headers.get("if-none-match") === etag) return new Response(null, { status: 304, headers });
    return new Response(bytes, { headers: { ...headers, "content-type": type } });
  }

  #refuse(status: number, kind: string, message: string, hint = ""): Response {
    return refusal(status, { kind, message, hint }, this.#headers);
  }

  #wrongMethod(allow: "GET" | "POST"): Response {
    return refusal(405, { kind: "usage", message: `only ${allow} is answered here`, hint: "" }, this.#allowing(allow));
  }

  #allowing(allow: string): Readonly<Record<string, string>> {
    return { ...this.#headers, allow };
  }
}

/** Reads the parts that are checked first; a malformed address is empty. */
function headOf(request: Request): { method: string; url: string; headers: Headers } {
  let url = "";
  try {
    url = request.url;
  } catch {
    // The runtime cannot make an address of the request line and Host.
  }
  return { method: request.method, url, headers: request.headers };
}
