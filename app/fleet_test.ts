import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { SkegError } from "../errors.ts";
import { inFolder } from "../tests/_lib/folder.ts";
import { fleetContexts, overContexts } from "./fleet.ts";

/** Timers that ring when the test says so. */
function bells(): {
  readonly timer: (ring: () => void, ms: number) => () => void;
  readonly ring: (ms: number) => void;
} {
  const set = new Set<{ readonly ring: () => void; readonly ms: number }>();
  return {
    timer(ring, ms) {
      const bell = { ring, ms };
      set.add(bell);
      return () => set.delete(bell);
    },
    ring: (ms) => set.forEach((bell) => bell.ms <= ms && bell.ring()),
  };
}

Deno.test("overContexts() works on all contexts at once, and keeps their order", async () => {
  const begun: string[] = [];
  const all = Promise.withResolvers<void>();
  const { results, errors } = await overContexts(["a", "b", "c"], async (context) => {
    begun.push(context);
    if (begun.length === 3) all.resolve();
    await all.promise; // ends only if the others have begun, too
    return context.toUpperCase();
  }, { timeoutSeconds: 0 });
  deepEqual(results.map(({ context, value }) => `${context}=${value}`), ["a=A", "b=B", "c=C"]);
  deepEqual(errors, []);
});

Deno.test("overContexts() ends when the good ones have answered and the others' time is up", async () => {
  const { timer, ring } = bells();
  const slow = Promise.withResolvers<string>();
  const good = Promise.withResolvers<string>();
  const done = overContexts(["stopped", "slow", "good"], (context) => {
    if (context === "stopped") throw new SkegError("kube", "cannot reach the API server", { hint: "Start it." });
    return context === "slow" ? slow.promise : good.promise;
  }, { timeoutSeconds: 5, timer });
  good.resolve("fine");
  await good.promise;
  ring(5000);
  const { results, errors } = await done;
  deepEqual(results, [{ context: "good", value: "fine" }]);
  deepEqual(errors.map(({ context, message }) => `${context}: ${message}`), [
    "stopped: cannot reach the API server",
    "slow: no answer within 5 seconds",
  ]);
  match(errors[1]?.hint ?? "", /--context-timeout/);
  slow.resolve("too late");
});

Deno.test("overContexts() tells the work that its time is up, and rejects when its own signal fires", async () => {
  const { timer, ring } = bells();
  let heard = false;
  const done = overContexts(["a"], (_, signal) => {
    const { promise, reject } = Promise.withResolvers<void>();
    signal.addEventListener("abort", () => reject(heard = true));
    return promise;
  }, { timeoutSeconds: 1, timer });
  ring(1000);
  equal((await done).errors.length, 1);
  equal(heard, true);
  const stop = new AbortController();
  const cancelled = overContexts(["a"], () => new Promise(() => {}), { timeoutSeconds: 0, signal: stop.signal });
  stop.abort(new Error("enough"));
  await rejects(cancelled, { message: "enough" });
});

Deno.test("fleetContexts() takes each name once, or all of the kubeconfig", async () => {
  deepEqual(await fleetContexts({ contexts: ["b", " a", "b", ""], all: false }), ["b", "a"]);
  await rejects(fleetContexts({ contexts: [""], all: false }), { message: "no context was named" });
  const context = (name: string): string => `- {name: ${name}, context: {cluster: c}}\n`;
  await inFolder(
    { "config": `contexts:\n${context("z")}${context("a")}`, "empty": "contexts: []\n" },
    async (folder) => {
      deepEqual(await fleetContexts({ contexts: [], all: true, kubeconfig: join(folder, "config") }), ["z", "a"]);
      await rejects(fleetContexts({ contexts: [], all: true, kubeconfig: join(folder, "empty") }), {
        message: "the kubeconfig has no contexts",
      });
    },
  );
});

Deno.test("overContexts() takes a timer that returns a number, as the system's does", async () => {
  const timer = (() => 7) as unknown as () => () => void;
  const { results } = await overContexts(["a"], (context) => Promise.resolve(context), { timeoutSeconds: 5, timer });
  deepEqual(results, [{ context: "a", value: "a" }]);
});
