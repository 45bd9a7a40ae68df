import { ok, throws } from "node:assert/strict";
import { checkedScriptSize } from "./_page.ts";

Deno.test("checkedScriptSize() refuses a script that is larger than the page's budget, compressed", () => {
  const words = (count: number): string =>
    Array.from({ length: count }, (_, at) => (at * 2_654_435_761 % 4_294_967_296).toString(36)).join(" ");
  ok(checkedScriptSize("a".repeat(1_000_000)) < 2000);
  ok(checkedScriptSize(words(5000)) < 45_000);
  throws(
    () => checkedScriptSize(words(20_000)),
    /the script of the page has \d+ bytes compressed; its budget is 45000/,
  );
});
