import { deepEqual, equal, rejects } from "node:assert/strict";
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
