/**
 * The server of `skeg ui`: a page for the browser of the same machine, and the API behind it.
 *
 * Listens on the loopback address alone and answers only requests of its own page; `docs/ui.md` has the rules. Everything is
 * read with the library ({@linkcode createSkeg}), and secrets are masked before anything is sent.
 *
 * @module
 */
export { serveUi } from "./server.ts";
export type { UiEnd, UiOptions, UiServer } from "./options.ts";
export type { PageFile, PageFiles } from "./page_files.ts";
export type { ContextEntry } from "./types.ts";
