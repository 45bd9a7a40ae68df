/**
 * A server of `skeg ui` on a sandbox of its own, for tests without a browser.
 *
 * @module
 */
import { join } from "node:path";
import { serveUi, type UiOptions, type UiServer } from "../../app/ui/mod.ts";
import { createSkeg, type Skeg } from "../../mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { NO_PAGE } from "./_page.ts";

/** A server, and what tests need around it. */
export interface ServedUi {
  readonly server: UiServer;
  readonly port: number;
  /** The library on the same sandbox, to make releases. */
  readonly skeg: Skeg;
  /** Path of the sandbox's state. */
  readonly state: string;
  readonly folder: string;
  /** Lines that the terminal shows. */
  readonly said: string[];
  /** A token that is valid. */
  readonly token: string;
  /** Sends a request with the token; the path is below `/api/v1`. */
  ask(path: string, body?: unknown, init?: RequestInit): Promise<Response>;
  /** Sends a request and returns the JSON of its answer, which must be a success. */
  json<T>(path: string, body?: unknown): Promise<T>;
  /** Sends a request and returns the lines of its answer. */
  lines<T>(path: string, body?: unknown): Promise<T[]>;
}

/** Options of {@linkcode withUi}: those of the server, and files of the folder. */
export interface WithUiOptions extends Partial<UiOptions> {
  readonly files?: Readonly<Record<string, string>>;
}

/** Runs `work` with a server on a new sandbox. */
export async function withUi(options: WithUiOptions, work: (ui: ServedUi) => Promise<void>): Promise<void> {
  const { files = {}, ...given } = options;
  await inFolder(files, async (folder) => {
    const state = join(folder, "state.db");
    const skeg = createSkeg({ sandbox: state });
    const said: string[] = [];
    const server = await serveUi({
      port: 0,
      contexts: [{ name: "sandbox", namespace: "default", current: true }],
      open: () => ({ sandbox: state, home: join(folder, "home") }),
      program: "skeg",
      version: "0.0.0",
      globalFlags: () => `--sandbox=${state}`,
      storage: "configmap",
      tillerNamespace: "kube-system",
      sandbox: true,
      allowWrite: false,
      allowSecrets: false,
      idleMinutes: 0,
      home: join(folder, "home"),
      say: (line) => said.push(line),
      page: NO_PAGE,
      ...given,
    });
    try {
      const port = Number(new URL(server.url).port);
      const token = await tokenOf(server);
      const ask = (path: string, body?: unknown, init: RequestInit = {}): Promise<Response> =>
        fetch(`${server.url}api/v1${path}`, {
          ...body === undefined ? {} : { method: "POST", body: JSON.stringify(body) },
          ...init,
          headers: {
            "authorization": `Bearer ${token}`,
            "content-type": "application/json",
            ...init.headers as object,
          },
        });
      const text = async (path: string, body?: unknown): Promise<string> => {
        const answer = await ask(path, body);
        const content = await answer.text();
        if (!answer.ok) throw new Error(`${path}: status ${answer.status}: ${content}`);
        return content;
      };
      await work({
        server,
        port,
        skeg,
        state,
        folder,
        said,
        token,
        ask,
        json: async (path, body) => JSON.parse(await text(path, body)),
        lines: async (path, body) =>
          (await text(path, body)).split("\n").filter((line) => line !== "").map((line) => JSON.parse(line)),
      });
    } finally {
      await server.close();
      await skeg.close();
    }
  });
}

/** Exchanges a new start code for a token. */
export async function tokenOf(server: UiServer): Promise<string> {
  const [, code = ""] = /#k=(.+)$/.exec(await server.start()) ?? [];
  const answer = await fetch(`${server.url}session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ code }),
  });
  return (await answer.json()).token;
}

/** The answer to a request over a raw socket. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: string;
}

/** Sends a text over a socket of its own, as it is, and returns the answer. `fetch` would change headers such as Host. */
export async function rawRequest(port: number, text: string): Promise<RawAnswer> {
  const socket = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await socket.write(new TextEncoder().encode(text));
    const whole = await readAnswer(socket);
    const [head = "", body = ""] = [
      whole.slice(0, whole.indexOf("\r\n\r\n")),
      whole.slice(whole.indexOf("\r\n\r\n") + 4),
    ];
    const [first = "", ...lines] = head.split("\r\n");
    const headers = new Headers(lines.map((line): [string, string] => {
      const at = line.indexOf(":");
      return [line.slice(0, at), line.slice(at + 1).trim()];
    }));
    return { status: Number(first.split(" ")[1]), headers, body };
  } finally {
    socket.close();
  }
}

async function readAnswer(socket: Deno.Conn): Promise<string> {
  const decoder = new TextDecoder();
  const bytes = new Uint8Array(64 * 1024);
  let text = "";
  for (;;) {
    const count = await socket.read(bytes).catch(() => null);
    if (count === null) return text;
    text += decoder.decode(bytes.subarray(0, count), { stream: true });
    const at = text.indexOf("\r\n\r\n");
    if (at < 0) continue;
    const [, length] = /^content-length: (\d+)/im.exec(text.slice(0, at)) ?? [];
    if (length !== undefined && text.length - at - 4 >= Number(length)) return text;
    if (/^transfer-encoding: chunked/im.test(text.slice(0, at)) && text.endsWith("0\r\n\r\n")) return text;
  }
}

/** Returns the text of a request. */
export function requestText(line: string, headers: Readonly<Record<string, string>>, body = ""): string {
  const length = body === "" ? {} : { "Content-Length": String(new TextEncoder().encode(body).length) };
  const lines = Object.entries({ ...headers, ...length, Connection: "close" }).map(([name, value]) =>
    `${name}: ${value}`
  );
  return `${line} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}
