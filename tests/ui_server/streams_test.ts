/** Requests and streams of `skeg ui` that end early: closed tabs, and the end of the server. */
import { equal, ok } from "node:assert/strict";
import { type Driver, memoryDriver, SkegError } from "../../mod.ts";
import { withUi } from "./_server.ts";

/** A storage whose lists never end, unless they are cancelled. */
function endlessDriver(): {
  readonly driver: Driver;
  readonly begun: Promise<void>;
  readonly cancelled: Promise<void>;
} {
  const [begun, cancelled] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const driver: Driver = {
    ...memoryDriver(),
    heads: (_labels, options) => {
      begun.resolve();
      return new Promise((_resolve, reject) =>
        options?.signal?.addEventListener("abort", () => {
          cancelled.resolve();
          reject(new SkegError("aborted", "cancelled"));
        })
      );
    },
  };
  return { driver, begun: begun.promise, cancelled: cancelled.promise };
}

Deno.test("a closed tab cancels its requests to the cluster", () => {
  const { driver, begun, cancelled } = endlessDriver();
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    const tab = new AbortController();
    const asked = ui.ask("/releases", undefined, { signal: tab.signal }).catch((error) => error.name);
    await begun;
    tab.abort();
    equal(await asked, "AbortError");
    await cancelled;
    equal((await ui.ask("/contexts").then(async (answer) => (await answer.body?.cancel(), answer))).status, 200);
    equal(ui.said.join("\n"), "");
  });
});

Deno.test("the end of the server cancels requests and ends streams", () => {
  const { driver, begun, cancelled } = endlessDriver();
  return withUi({ open: () => ({ sandbox: ":memory:", storage: driver }) }, async (ui) => {
    const stream = await ui.ask("/events?topics=activity");
    const asked = ui.ask("/releases").then((answer) => answer.body?.cancel(), () => {});
    await begun;
    const startedMs = performance.now();
    await ui.server.close();
    await cancelled;
    await asked;
    const text = await stream.text();
    ok(text.includes('"topic":"hello"'), text);
    ok(performance.now() - startedMs < 5000);
  });
});
