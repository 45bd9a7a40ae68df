import { deepEqual, equal, rejects } from "node:assert/strict";
import { bounded } from "./bounded.ts";
import type { KubeRequest } from "./types.ts";

const get = (path: string, more: Partial<KubeRequest> = {}): KubeRequest => ({ method: "GET", path, ...more });

Deno.test("bounded() sends so many at once, in the order in which they came, and goes on after failures", async () => {
  const order: string[] = [];
  let now = 0, most = 0;
  const transport = bounded(async ({ path }) => {
    order.push(path);
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 1));
    now--;
    if (path === "/2") throw new Error("lost");
    return new Response(path);
  }, 3);
  const paths = Array.from({ length: 10 }, (_, index) => `/${index}`);
  const outcomes = await Promise.allSettled(paths.map((path) => transport(get(path))));
  equal(most, 3);
  deepEqual(order, paths);
  deepEqual(outcomes.filter(({ status }) => status === "rejected").length, 1);
});

Deno.test("bounded() does not send what was cancelled while it waited", async () => {
  const sent: string[] = [];
  const aborter = new AbortController();
  const transport = bounded(async ({ path }) => {
    sent.push(path);
    await new Promise((resolve) => setTimeout(resolve, 5));
    return new Response();
  }, 1);
  const first = transport(get("/first"));
  const second = transport(get("/second", { signal: aborter.signal }));
  aborter.abort();
  await rejects(second, { kind: "aborted" });
  await first;
  deepEqual(sent, ["/first"]);
});
