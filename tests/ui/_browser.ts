/**
 * Chromium for the tests of the pages.
 *
 * `CHROMIUM` names the program. Without it the tests are skipped: a browser beside all other tests would be slow.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import type { Browser } from "playwright-core";

/** Path of the browser; `undefined` when there is none. */
export const CHROMIUM: string | undefined = [Deno.env.get("CHROMIUM") ?? ""].find((path) =>
  path !== "" && existsSync(path)
);

/** A name that the browser resolves to this machine, as a hostile name server would. */
export const EVIL = "evil.example";

/** No name but {@linkcode EVIL} resolves, so a page that asks for something elsewhere gets nothing. */
const RESOLVER = `MAP ${EVIL} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost`;

/** Starts the browser. */
export async function launch(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return await chromium.launch({
    executablePath: CHROMIUM ?? "",
    args: [
      // As root, in containers, the browser's own sandbox cannot start.
      ...Deno.uid() === 0 ? ["--no-sandbox"] : [],
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--font-render-hinting=none",
      `--host-resolver-rules=${RESOLVER}`,
    ],
  });
}

/** Returns the source of axe, which finds violations of WCAG in a page. */
export function axeSource(): string {
  return Deno.readTextFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"));
}
