import { deepEqual, equal } from "node:assert/strict";
import { ansiPieces, slicePieces, withoutAnsi } from "./ansi.js";

const ESC = "\u001b";

Deno.test("ansiPieces() returns plain text as one piece, and nothing for an empty line", () => {
  deepEqual(ansiPieces("GET /"), [{ text: "GET /", classes: "" }]);
  deepEqual(ansiPieces(""), []);
});

Deno.test("ansiPieces() gives colours and weights as classes, until they are reset", () => {
  deepEqual(ansiPieces(`${ESC}[1;31merror${ESC}[0m: no ${ESC}[92mdisk${ESC}[39m.`), [
    { text: "error", classes: "ansi-1 ansi-bold" },
    { text: ": no ", classes: "" },
    { text: "disk", classes: "ansi-10" },
    { text: ".", classes: "" },
  ]);
});

Deno.test("ansiPieces() keeps the first 16 of 256 colours and skips the arguments of all others", () => {
  deepEqual(ansiPieces(`${ESC}[38;5;4ma${ESC}[38;5;200mb${ESC}[38;2;1;1;1;1mc${ESC}[48;5;3md`), [
    { text: "a", classes: "ansi-4" },
    { text: "b", classes: "" },
    { text: "c", classes: "ansi-bold" },
    { text: "d", classes: "ansi-on-3 ansi-bold" },
  ]);
});

Deno.test("ansiPieces() leaves out sequences that move the cursor, clear the screen or set a title", () => {
  deepEqual(ansiPieces(`${ESC}[2J${ESC}[10;1Hhere${ESC}]0;title\u0007!`).map(({ text }) => text), ["here", "!"]);
});

Deno.test("withoutAnsi() returns the text that a person reads", () => {
  equal(withoutAnsi(`${ESC}[1;31merror${ESC}[0m: no disk`), "error: no disk");
});

Deno.test("slicePieces() cuts by the characters that are read, and keeps classes", () => {
  const pieces = ansiPieces(`ab${ESC}[31mcdef${ESC}[0mg`);
  deepEqual(slicePieces(pieces, 0, 3), [{ text: "ab", classes: "" }, { text: "c", classes: "ansi-1" }]);
  deepEqual(slicePieces(pieces, 3, 9), [{ text: "def", classes: "ansi-1" }, { text: "g", classes: "" }]);
  deepEqual(slicePieces(pieces, 7, 9), []);
});
