import { equal, ok } from "node:assert/strict";
import { noteServerTime, serverSeconds } from "./server_clock.ts";
import type { Transport } from "./types.ts";

const transport = (): Transport => () => Promise.resolve(new Response());
const dated = (date: string): Response => new Response(null, { headers: { date } });

Deno.test("serverSeconds() goes on from the last answer, and is unknown before the first", async () => {
  const one = transport();
  equal(serverSeconds(one), undefined);
  noteServerTime(one, dated("Thu, 01 Jan 2026 00:00:10 GMT"));
  noteServerTime(one, new Response());
  const then = Date.UTC(2026, 0, 1, 0, 0, 10) / 1000;
  equal(serverSeconds(one), then);
  equal(serverSeconds(transport()), undefined);
  await new Promise((resolve) => setTimeout(resolve, 1010));
  ok((serverSeconds(one) ?? 0) > then);
});

Deno.test("serverSeconds() is unknown when the header is no date", () => {
  const one = transport();
  noteServerTime(one, dated("soon"));
  equal(serverSeconds(one), undefined);
});
