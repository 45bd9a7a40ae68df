import { deepEqual, match, ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { screenLines, terminalSvg } from "./_terminal_svg.ts";

Deno.test("screenLines() keeps what is left on the screen, with styles, and cuts long lines", () => {
  deepEqual(screenLines("wait 1\rdone\x1b[K\r\n\x1b[2mdim\x1b[0m a\tb\r\n", 6), [
    [{ text: "done", styles: [] }],
    [{ text: "dim", styles: ["dim"] }, { text: " a ", styles: [] }],
  ]);
});

Deno.test("terminalSvg() escapes text, and shows all lines without motion", () => {
  const svg = terminalSvg([{ command: "skeg x", lines: [[{ text: "<a> & b", styles: [] }]] }], { columns: 20 });
  match(svg, /&lt;a&gt; &amp; b/);
  match(svg, /prefers-reduced-motion/);
});

Deno.test("the picture in the README is of the commands that it names, and needs no script", async () => {
  const svg = await readFile(new URL("../docs/demo.svg", import.meta.url), "utf8");
  for (const text of ["skeg list", "three", "DEPLOYED", "skeg rollback three 1", "Rollback was a success."]) {
    ok(svg.includes(text), text);
  }
  ok(!/<script|href=/.test(svg));
});
