import { deepEqual } from "node:assert/strict";
import { ROUTES } from "./routes.js";

Deno.test("the page that is painted before the script runs has the navigation of the table of routes", () => {
  const page = Deno.readTextFileSync(new URL("index.html", import.meta.url));
  const [, nav = ""] = /<nav[^>]*>([\s\S]*?)<\/nav>/.exec(page) ?? [];
  deepEqual(
    [...nav.matchAll(/<a href="([^"]+)">([^<]+)<\/a>/g)].map(([, path, word]) => [path, word]),
    ROUTES.flatMap(({ nav, pattern }) => nav === undefined ? [] : [[pattern, nav]]),
  );
});
