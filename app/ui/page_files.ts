/**
 * The files of the page: modules and styles as they are in `ui/` and in the packages, or what the bundle holds of them.
 *
 * @module
 */
import { sourcePage } from "./page_source.ts";

/** One file that the browser may ask for. */
export interface PageFile {
  /** Value of `Content-Type`. */
  readonly type: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Changes with the content. */
  readonly etag: string;
}

/** The files of the page. */
export interface PageFiles {
  /** By path, such as `/index.html` or `/main.js`. */
  readonly files: ReadonlyMap<string, PageFile>;
  /** `sha256-…` of the import map in `/index.html`; absent when it has none. */
  readonly importMapHash?: string | undefined;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Paths of files: below these folders, or with an ending at the root. */
const FILE_PATH = /^\/(?:(?:lib|pages|modules)\/.*|[\w.-]+\.(?:js|css|svg|map|ico|json|txt|xml|webmanifest))$/;

/** True for an address that shows the page. Names of releases and charts in it may have dots. */
export function isDocumentPath(path: string): boolean {
  return path !== "/session" && !path.startsWith("/api/") && !FILE_PATH.test(path);
}

/** Loads the page. */
export async function loadPage(): Promise<PageFiles> {
  return await pageOf(await sourcePage());
}

/** Makes the files of a page from their texts, by path. */
export async function pageOf(texts: ReadonlyMap<string, string>): Promise<PageFiles> {
  const files = new Map<string, PageFile>();
  const encoder = new TextEncoder();
  for (const [path, text] of texts) {
    const bytes = encoder.encode(text);
    const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] ?? "application/octet-stream";
    files.set(path, { type, bytes, etag: `"${(await digestOf(bytes)).slice(0, 16).toHex()}"` });
  }
  const [, map] = /<script type="importmap">([\s\S]*?)<\/script>/.exec(texts.get("/index.html") ?? "") ?? [];
  if (map === undefined) return { files };
  return { files, importMapHash: `sha256-${(await digestOf(encoder.encode(map))).toBase64()}` };
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
