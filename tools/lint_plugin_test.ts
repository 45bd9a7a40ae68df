import { existsSync } from "node:fs";
import { deepEqual, equal, match, ok } from "node:assert/strict";
import plugin, { importProblem, placeOf, resolveFrom, ROOMS } from "./lint_plugin.ts";

/** Lints `source` as a file at `path` in the project. */
function lint(path: string, source: string): string[] {
  const file = new URL(`../${path}`, import.meta.url).pathname;
  return Deno.lint.runPlugin(plugin, file, source).map((each) => each.message);
}

Deno.test("the rule refuses an arrow that points the wrong way", () => {
  const [message, ...rest] = lint("engine/lang/template/lexer.ts", 'import { x } from "../../kube/mod.ts";');
  match(message ?? "", /^engine\/lang\/template may not import engine\/kube\.$/);
  deepEqual(rest, []);
});

Deno.test("the rule refuses re-exports and dynamic imports as well", () => {
  equal(lint("storage/driver.ts", 'export * from "../engine/kube/mod.ts";').length, 1);
  equal(lint("storage/driver.ts", 'export { x } from "../engine/kube/mod.ts";').length, 1);
  equal(lint("storage/driver.ts", 'export const x = await import("../engine/kube/mod.ts");').length, 1);
  equal(lint("storage/driver.ts", 'import type { X } from "../engine/kube/mod.ts";').length, 1);
});

Deno.test("the rule lets allowed arrows, packages and built-in modules pass", () => {
  deepEqual(lint("engine/release/install.ts", 'import { x } from "../kube/mod.ts";'), []);
  deepEqual(lint("engine/release/install.ts", 'import { x } from "../../errors.ts";'), []);
  deepEqual(lint("engine/lang/golang/quote.ts", 'import { x } from "node:path"; import y from "re2js";'), []);
  deepEqual(lint("cmd/release/install.ts", 'import { x } from "../../engine/sandbox/mod.ts";'), []);
});

Deno.test("the rule wants a room's front door", () => {
  match(
    lint("engine/chart/render/render.ts", 'import { x } from "../../lang/template/parser.ts";')[0] ?? "",
    /mod\.ts and nothing else/,
  );
  match(
    lint("cmd/release/install.ts", 'import { x } from "../../storage/_wire.ts";')[0] ?? "",
    /mod\.ts and nothing else/,
  );
});

Deno.test("the rule lets the table of storage kinds be imported alone", () => {
  deepEqual(lint("cmd/_lib/command.ts", 'import { x } from "../../storage/kinds.ts";'), []);
  equal(lint("engine/sandbox/store.ts", 'import { x } from "../../storage/kinds.ts";').length, 1);
});

Deno.test("the rule lets the commands stand on the page's server, and that on the library", () => {
  deepEqual(lint("cmd/client/ui.ts", 'import { x } from "../../app/ui/mod.ts";'), []);
  deepEqual(lint("app/ui/clusters.ts", 'import { x } from "../skeg.ts";'), []);
  deepEqual(lint("tests/ui/a_test.ts", 'import type { X } from "../../app/ui/types.ts";'), []);
  equal(lint("cmd/client/ui.ts", 'import { x } from "../../app/ui/handler.ts";').length, 1);
  equal(lint("app/skeg.ts", 'import { x } from "./ui/mod.ts";').length, 1);
  equal(lint("app/ui/clusters.ts", 'import { x } from "../../cmd/mod.ts";').length, 1);
});

Deno.test("the rule keeps files of a room away from their own front door", () => {
  match(lint("engine/chart/load/load.ts", 'import { x } from "./mod.ts";')[0] ?? "", /never its own mod\.ts/);
  deepEqual(lint("engine/chart/load/load_test.ts", 'import { x } from "./mod.ts";'), []);
  deepEqual(lint("engine/chart/load/load.ts", 'import { x } from "./archive.ts";'), []);
});

Deno.test("the rule keeps the bottom of the house free of imports", () => {
  equal(lint("engine/model/chart.ts", 'import { SkegError } from "../../errors.ts";').length, 1);
  equal(lint("errors.ts", 'import { Chart } from "./engine/model/mod.ts";').length, 1);
  equal(lint("engine/lang/golang/quote.ts", 'import { x } from "../../../mod.ts";').length, 1);
  deepEqual(lint("mod.ts", 'export * from "./errors.ts"; export { x } from "./engine/chart/load/mod.ts";'), []);
});

Deno.test("the rule lets every room and errors.ts stand on the ground floor, which stands on nothing", () => {
  const source = 'import { x } from "../base/mod.ts";';
  for (const room of ["golang", "kube", "sandbox"]) deepEqual(lint(`engine/${room}/a.ts`, source), []);
  deepEqual(lint("storage/driver.ts", 'import { x } from "../engine/base/mod.ts";'), []);
  deepEqual(lint("errors.ts", 'import { x } from "./engine/base/mod.ts";'), []);
  equal(lint("errors.ts", 'import { x } from "./engine/base/mask.ts";').length, 1);
  equal(lint("engine/base/mask.ts", 'import { SkegError } from "../../errors.ts";').length, 1);
  equal(lint("engine/base/mask.ts", 'import { x } from "../lang/golang/mod.ts";').length, 1);
  equal(lint("engine/model/chart.ts", 'import { x } from "../base/mod.ts";').length, 1);
});

Deno.test("every room that exists has a line in the table, and the table has no cycle", () => {
  const root = new URL("..", import.meta.url);
  const folders = (path: string): string[] =>
    [...Deno.readDirSync(new URL(path, root))].filter((each) => each.isDirectory).map(({ name }) => `${path}/${name}`);
  // A room has a front door. Other folders are floors, or parts of the room around them.
  const rooms = folders("engine").flatMap((path) => [path, ...folders(path)])
    .filter((path) => existsSync(new URL(`${path}/mod.ts`, root)));
  ok(rooms.length >= 20);
  for (const room of rooms) ok(room in ROOMS, `${room} is missing from the table`);
  const depth = (room: string, seen: readonly string[]): number => {
    ok(!seen.includes(room), `cycle: ${[...seen, room].join(" → ")}`);
    return Math.max(0, ...(ROOMS[room] ?? []).map((next) => 1 + depth(next, [...seen, room])));
  };
  for (const room of Object.keys(ROOMS)) depth(room, []);
});

Deno.test("resolveFrom() and placeOf() find rooms from relative specifiers", () => {
  equal(resolveFrom("engine/chart/load/load.ts", "../../model/mod.ts"), "engine/model/mod.ts");
  equal(resolveFrom("engine/chart/load/load.ts", "node:fs"), undefined);
  deepEqual(placeOf("engine/lang/template/funcs/strings.ts"), {
    room: "engine/lang/template",
    file: "funcs/strings.ts",
  });
  deepEqual(placeOf("main.ts"), { room: "", file: "main.ts" });
  equal(importProblem("testdata/x.ts", "../cmd/_lib/print.ts"), undefined);
});

Deno.test("the rule refuses elements made from text, in the web page only", () => {
  const made = [
    "node.innerHTML = text;",
    'node["outerHTML"] = text;',
    'node.insertAdjacentHTML("beforeend", text);',
    "html`<p dangerouslySetInnerHTML=${{ __html: text }} />`;",
    "document.write(text);",
    "new DOMParser();",
    "html`<iframe srcdoc=${text}></iframe>`;",
  ];
  for (const source of made) {
    ok(lint("ui/pages/fleet.js", source).some((message) => message.endsWith("makes elements from text.")), source);
    deepEqual(lint("cmd/main.ts", source), [], source);
  }
  deepEqual(lint("ui/pages/fleet.js", "const row = html`<p title=${text}>${text}</p>`;"), []);
});

Deno.test("the rule keeps the web page and the program apart", () => {
  equal(lint("ui/lib/api.js", 'import { x } from "../../engine/base/mod.ts";').length, 1);
  equal(lint("app/plan_file.ts", 'import { x } from "../ui/lib/api.js";').length, 1);
  deepEqual(lint("ui/pages/fleet.js", 'import { h } from "preact"; import { x } from "../lib/api.js";'), []);
  deepEqual(lint("tests/ui/page_test.ts", 'import { x } from "../../ui/lib/shown.js";'), []);
});
