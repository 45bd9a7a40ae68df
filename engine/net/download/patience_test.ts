import { deepEqual, equal, rejects } from "node:assert/strict";
import { withServer } from "../../../tests/_lib/chart_server.ts";
import { bodyLimits, PATIENCE, readBody, type Received, withAnswerLimit } from "./patience.ts";

const SHORT = { answerMs: 200, stallMs: 200 };
const options = { what: "Get x", patience: SHORT, bytesMax: 1024 * 1024, tooLarge: () => new Error("too large") };
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns a body whose pieces arrive one by one, each after a pause. */
function slowly(pieces: readonly string[], ms: number): ReadableStream<Uint8Array> {
  const left = [...pieces];
  return new ReadableStream({
    async pull(controller) {
      await pause(ms);
      const piece = left.shift();
      if (piece === undefined) controller.close();
      else controller.enqueue(new TextEncoder().encode(piece));
    },
  });
}

Deno.test("withAnswerLimit() ends a request that nobody answers", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  try {
    const url = `http://127.0.0.1:${listener.addr.port}/`;
    await rejects(withAnswerLimit((signal) => fetch(url, { signal }), "Get x", SHORT), {
      kind: "timeout",
      message: "Get x: no answer within 0.2 s",
    });
  } finally {
    (await accepted).close();
    listener.close();
  }
});

Deno.test("withAnswerLimit() hands out an answer whose body takes longer than the limit", () =>
  withServer(() => new Response(slowly(Array(6).fill("x".repeat(1024)), 80)), async ({ url }) => {
    const answer = await withAnswerLimit((signal) => fetch(url, { signal }), "Get x", SHORT);
    const bytes = await readBody(answer, options);
    equal(bytes.length, 6 * 1024);
  }));

Deno.test("withAnswerLimit() leaves a stop that was asked for alone", async () => {
  const stop = AbortSignal.abort(new Error("stop"));
  await rejects(withAnswerLimit((signal) => fetch("http://127.0.0.1:1/", { signal }), "Get x", SHORT, stop), /stop/);
});

Deno.test("readBody() ends a body that stands still, or trickles", async () => {
  const error = { kind: "timeout", message: "Get x: less than 1 KiB came within 0.2 s" };
  const stuck = new ReadableStream<Uint8Array>({ start: (controller) => controller.enqueue(new Uint8Array(5000)) });
  await rejects(readBody(new Response(stuck), options), error);
  await rejects(readBody(new Response(slowly(Array(100).fill("x"), 20)), options), error);
});

Deno.test("readBody() tells how much has come, and refuses what is too large", async () => {
  const seen: Received[] = [];
  const answer = new Response(slowly(["abc", "de"], 1), { headers: { "content-length": "5" } });
  equal(new TextDecoder().decode(await readBody(answer, { ...options, progress: (one) => seen.push(one) })), "abcde");
  deepEqual(seen, [{ bytes: 3, bytesTotal: 5 }, { bytes: 5, bytesTotal: 5 }]);
  equal((await readBody(new Response(null), options)).length, 0);
  await rejects(readBody(new Response("x".repeat(11)), { ...options, bytesMax: 10 }), /too large/);
  const stated = new Response("x", { headers: { "content-length": "11" } });
  await rejects(readBody(stated, { ...options, bytesMax: 10 }), /too large/);
});

Deno.test("bodyLimits() gives a request more time for what it carries", () => {
  equal(bodyLimits(PATIENCE, 0).answerMs, 30_000);
  equal(bodyLimits(PATIENCE, 8 * 1024 * 100).answerMs, 130_000);
});
