/**
 * Serves a folder of packaged charts over HTTP.
 *
 * Handles requests and answers only; the caller listens for connections.
 *
 * Source: Helm 2.17.0, `pkg/repo/local.go`.
 *
 * @module
 */
import { open, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { loadIndex } from "./index_store.ts";

/** Paths of the HTML page. */
const PAGES = new Set(["/", "/charts/", "/charts/index", "/charts/index.html"]);

const TYPES: Readonly<Record<string, string>> = {
  tgz: "application/gzip",
  html: "text/html; charset=utf-8",
  json: "application/json",
};

const READ_BYTES = 64 * 1024;

/**
 * Returns a function that answers requests with the files of a folder, with or
 * without the path prefix `/charts`, and with an HTML page of its charts at `/`.
 *
 * @throws when the folder's `index.yaml` cannot be read.
 */
export async function repositoryHandler(folder: string): Promise<(request: Request) => Promise<Response>> {
  const index = join(folder, "index.yaml");
  await loadIndex(index);
  return async (request) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      return answer(405, "method not allowed\n", { allow: "GET, HEAD" });
    }
    const pathname = pathOf(request);
    if (pathname === undefined) return answer(400, "malformed Host header\n");
    if (PAGES.has(pathname)) return answer(200, await page(index), { "content-type": TYPES["html"] ?? "" });
    const path = pathname.startsWith("/charts/") ? pathname.slice("/charts".length) : pathname;
    return await file(folder, path, request.method === "HEAD");
  };
}

/** The path of a request; `undefined` when the host that the client named cannot be part of an address. */
function pathOf(request: Request): string | undefined {
  try {
    return new URL(request.url).pathname;
  } catch {
    return undefined;
  }
}

function answer(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(body, {
    status,
    headers: { "content-type": "text/plain; charset=utf-8", "x-content-type-options": "nosniff", ...headers },
  });
}

const NOT_FOUND = "404 page not found\n";

async function file(folder: string, path: string, headOnly: boolean): Promise<Response> {
  let plain: string;
  try {
    plain = decodeURIComponent(path);
  } catch {
    return answer(400, "invalid URL path\n");
  }
  const parts = plain.split("/").filter((part) => part !== "");
  if (/[\0\\]/.test(plain) || parts.includes("..")) return answer(400, "invalid URL path\n");
  const found = join(folder, ...parts);
  const info = await stat(found).catch(() => undefined);
  if (info?.isDirectory()) {
    if (!plain.endsWith("/")) return answer(301, "", { location: `${parts.at(-1) ?? ""}/` });
    return answer(200, await listing(found), { "content-type": TYPES["html"] ?? "" });
  }
  if (!info?.isFile() || plain.endsWith("/")) return answer(404, NOT_FOUND);
  const handle = await open(found, "r").catch(() => undefined);
  if (handle === undefined) return answer(404, NOT_FOUND);
  const extension = found.slice(found.lastIndexOf(".") + 1).toLowerCase();
  const headers = {
    "content-type": TYPES[extension] ?? "text/plain; charset=utf-8",
    "content-length": String(info.size),
    "last-modified": info.mtime.toUTCString(),
  };
  if (headOnly) {
    await handle.close();
    return new Response(null, { headers });
  }
  return new Response(contentOf(handle, info.size), { headers });
}

/** Returns the first `size` bytes of a file as a stream. The file may have grown since its size was read. */
function contentOf(handle: Awaited<ReturnType<typeof open>>, size: number): ReadableStream<Uint8Array> {
  let left = size;
  return new ReadableStream({
    async pull(controller) {
      const piece = new Uint8Array(Math.min(READ_BYTES, left));
      const { bytesRead } = await handle.read(piece, 0, piece.length, size - left);
      left -= bytesRead;
      if (bytesRead > 0) controller.enqueue(piece.subarray(0, bytesRead));
      if (left > 0 && bytesRead > 0) return;
      await handle.close();
      if (left > 0) controller.error(new Error("the file has become shorter"));
      else controller.close();
    },
    async cancel() {
      await handle.close();
    },
  });
}

async function listing(folder: string): Promise<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.map((entry) => entry.isDirectory() ? `${entry.name}/` : entry.name).sort();
  const lines = names.map((name) => `<a href="${escaped(encodeURI(name))}">${escaped(name)}</a>\n`);
  return `<pre>\n${lines.join("")}</pre>\n`;
}

/** Returns the HTML page with the charts of the repository. */
async function page(path: string): Promise<string> {
  let body: string;
  try {
    const index = await loadIndex(path);
    const charts = [...index.entries].map(([name, versions]) => {
      const links = versions.map(({ name, version = "", urls: [url = ""] = [] }) =>
        `    <li><a href="${escaped(shownLink(url))}">${escaped(`${name}-${version}`)}</a></li>\n`
      );
      return `  <li>${escaped(name)}\n  <ul>\n${links.join("")}  </ul>\n  </li>\n`;
    });
    body = `<ul>\n${charts.join("")}</ul>\n<p>Last Generated: ${escaped(index.generated)}</p>\n`;
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    body = "<p>The index cannot be read.</p>\n";
  }
  return `<!DOCTYPE html>
<html>
<head><title>Helm Repository</title></head>
<body>
<h1>Helm Charts Repository</h1>
${body}</body>
</html>
`;
}

/** Returns an address that is safe in a link: a browser runs no code when it opens it. */
function shownLink(url: string): string {
  return /^[a-z][a-z0-9+.-]*:/i.test(url) && !/^https?:/i.test(url) ? "#" : url;
}

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (found) => `&#${found.charCodeAt(0)};`);
}
