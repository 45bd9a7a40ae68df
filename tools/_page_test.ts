import { ok, throws } from "node:assert/strict";
import { checkedScriptSize } from "./_page.ts";

Deno.test("checkedScriptSize() refuses scripts that are larger than the page's budget, compressed", () => {
  const words = (count: number): string =>
    Array.from({ length: count }, (_, at) => (at * 2_654_435_761 % 4_294_967_296).toString(36)).join(" ");
  ok(checkedScriptSize("a".repeat(1_000_000)) < 2000);
  ok(checkedScriptSize(words(5000)) < 45_000);
  throws(
    () => checkedScriptSize(words(20_000)),
    /the scripts of the page have \d+ bytes compressed; their budget is 45000/,
  );
});
