import { equal } from "node:assert/strict";
import { showControls } from "./mod.ts";

Deno.test("showControls() spells out what a terminal would execute", () => {
  equal(showControls("a\u001b]8;;x\u0007b"), "a\\x1b]8;;x\\x07b");
  equal(showControls("\u0000\u0008\u000b\u000c\u007f"), "\\x00\\x08\\x0b\\x0c\\x7f");
  equal(showControls("\u009b2J\u0085"), "\\u009b2J\\u0085");
});

Deno.test("showControls() spells out marks and overrides of the writing direction", () => {
  const marks = [0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069];
  for (const mark of marks) equal(showControls(String.fromCharCode(mark)), `\\u${mark.toString(16).padStart(4, "0")}`);
});

Deno.test("showControls() spells out raw bytes and other lone surrogates", () => {
  equal(showControls("\udc9b2J"), "\\x9b2J"); // on terminals without UTF-8 the byte 0x9b begins an escape sequence
  equal(showControls("\ud800x\udc00"), "\\ud800x\\udc00");
});

Deno.test("showControls() keeps tabs, line ends, and text of all scripts", () => {
  const text = "NAME\tREVISION\nweb\t1\r\nü 漢字 שלום 🙂 \u200d\u00a0\n";
  equal(showControls(text), text);
  equal(showControls("50%\rdone\r"), "50%\\rdone\\r");
});

Deno.test("showControls() leaves what it has spelled out", () => {
  const once = showControls("\u001b[2J\u202e\udc80\r");
  equal(showControls(once), once);
});
