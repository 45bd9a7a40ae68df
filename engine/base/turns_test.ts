import { ok } from "node:assert/strict";
import { Turns } from "./mod.ts";

Deno.test("Turns gives timers their turn while work waits for nothing", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const turns = new Turns();
  for (let round = 0; round < 20; round++) {
    for (const until = performance.now() + 10; performance.now() < until;);
    await turns.give();
  }
  clearInterval(timer);
  ok(ticks >= 2, `${ticks} ticks in 200 ms`);
});
