/**
 * A page of one file, for tests that need no browser.
 *
 * @module
 */
import type { PageFiles } from "../../app/ui/mod.ts";

const bytes = new TextEncoder().encode("<!doctype html><title>page</title>");

/** The page. */
export const NO_PAGE: PageFiles = {
  files: new Map([
    ["/index.html", { type: "text/html; charset=utf-8", bytes, etag: '"page"' }],
    ["/main.js", { type: "text/javascript; charset=utf-8", bytes, etag: '"main"' }],
  ]),
  importMapHash: "sha256-test",
};
