import { equal } from "node:assert/strict";
import { alignBlanks, displayWidth, table } from "./table.ts";

Deno.test("table() pads every column, the last one too, and joins with TABs", () => {
  equal(table([["NAME", "STATUS"], ["web", "DEPLOYED"]]), "NAME\tSTATUS  \nweb \tDEPLOYED");
});

Deno.test("table() cuts cells wider than the limit", () => {
  equal(table([["PENDING_UPGRADE"]], 10), "PENDING...");
  equal(table([["DEPLOYED"]], 10), "DEPLOYED");
  equal(table([["abcdef"]], 3), "a...");
});

Deno.test("table() fits a cell of several lines as one text before it splits it", () => {
  equal(
    table([["H", "I"], ["Says hello.\nSecond line is longer", "x"]]),
    "H                    \tI\nSays hello.          \tx\nSecond ...           \t ",
  );
  equal(
    table([["a", "日本語日本語日本語"], ["PENDING_UPGRADE", "é"]], 10),
    "a         \t日本語日...\nPENDING...\té         ",
  );
});

Deno.test("displayWidth() counts wide characters twice and colours not at all", () => {
  equal(displayWidth("日本"), 4);
  equal(displayWidth("\u001b[31mred\u001b[0m"), 3);
  equal(displayWidth("e\u0301"), 1);
});

Deno.test("alignBlanks() aligns neighbouring lines and leaves the last cell alone", () => {
  equal(
    alignBlanks("==> v1/Service\nNAME  TYPE   AGE\nweb      ClusterIP  1s\n\nlonger name  x\n"),
    "==> v1/Service\nNAME  TYPE       AGE\nweb   ClusterIP  1s\n\nlonger name  x\n",
  );
});

Deno.test("alignBlanks() drops empty cells at the start of a line", () => {
  equal(alignBlanks("a  b\n  c  d\n"), "a  b\nc  d\n");
});
