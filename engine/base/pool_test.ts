import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { inPool } from "./mod.ts";

Deno.test("inPool() works on every item once, in order, and on no more than the limit at a time", async () => {
  const begun: string[] = [];
  let busy = 0, most = 0;
  await inPool(["a", "b", "c", "d", "e"], 2, async (item, index) => {
    begun.push(`${index}${item}`);
    most = Math.max(most, ++busy);
    await Promise.resolve();
    busy--;
  });
  deepEqual(begun, ["0a", "1b", "2c", "3d", "4e"]);
  equal(most, 2);
});

Deno.test("inPool() throws the first error, and works on nothing when there are no items", async () => {
  await rejects(
    inPool([1, 2, 3], 2, (item) => item === 2 ? Promise.reject(new Error("two")) : Promise.resolve()),
    /two/,
  );
  await inPool([], 4, () => Promise.reject(new Error("never")));
});

Deno.test("inPool() gives timers their turn while the work waits for nothing", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  await inPool(Array.from({ length: 20 }), 4, async () => {
    for (const until = performance.now() + 10; performance.now() < until;);
    await Promise.resolve();
  });
  clearInterval(timer);
  ok(turns >= 2, `${turns} turns in 200 ms`);
});
