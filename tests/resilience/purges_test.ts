/**
 * One operation that starts and ends between two requests of another, at every request; one of the two
 * deletes. When both are done, a release that is gone has no objects, and the records are true.
 */
import { deepEqual, ok } from "node:assert/strict";
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, openStage, untruths } from "./_stage.ts";

const some = (version: number) => ({
  name: "web",
  namespace: "default",
  chart: hookedChart(version),
  timeoutSeconds: 5,
  disableHooks: true,
});
const named = { name: "web", timeoutSeconds: 5, disableHooks: true };

const OPERATIONS: Readonly<Record<string, (env: Environment) => Promise<unknown>>> = {
  install: (env) => install(env, { ...some(1), reuseName: true }),
  upgrade: (env) => upgrade(env, some(2)),
  rollback: (env) => rollback(env, { ...named, revision: 1 }),
  deletion: (env) => uninstall(env, named),
  purge: (env) => uninstall(env, { ...named, purge: true }),
};

const isDeletion = (operation: string): boolean => operation === "deletion" || operation === "purge";

const BEFORE: Readonly<Record<string, (env: Environment) => Promise<void>>> = {
  nothing: () => Promise.resolve(),
  "two revisions": async (env) => {
    await install(env, some(1));
    await upgrade(env, some(2));
  },
  "a deleted release": async (env) => {
    await install(env, some(1));
    await uninstall(env, named);
  },
};

/** Calls `act` before request number `at`; counts the requests. */
function interrupted(
  at: number,
  act: () => Promise<void>,
): { wrap: (next: Transport) => Transport; count: () => number } {
  let count = 0;
  return {
    count: () => count,
    wrap: (next) => async (request) => {
      if (count++ === at) await act();
      return await next(request);
    },
  };
}

/**
 * Runs `outer` on a new stage, and `inner` before its request number `at`. Returns the number of requests of
 * the outer operation.
 */
async function tryAt(outer: string, inner: string, before: string, at: number): Promise<number> {
  const stage = await openStage();
  try {
    await BEFORE[before]?.(stage.process());
    let between = "not begun";
    const { wrap, count } = interrupted(at, async () => {
      between = await outcomeOf(inner, stage.process());
    });
    const outcome = await outcomeOf(outer, stage.process(wrap));
    await stage.settle();
    const wrong = await untruths(stage, "web");
    deepEqual(wrong, [], `request ${at}: ${outer}: ${outcome}; ${inner}: ${between}`);
    return count();
  } finally {
    await stage.close();
  }
}

async function outcomeOf(operation: string, env: Environment): Promise<string> {
  try {
    await OPERATIONS[operation]?.(env);
    return "done";
  } catch (error) {
    ok(error instanceof SkegError, `${error}`);
    return error.message;
  }
}

for (const before of Object.keys(BEFORE)) {
  for (const outer of Object.keys(OPERATIONS)) {
    for (const inner of Object.keys(OPERATIONS)) {
      if (!isDeletion(outer) && !isDeletion(inner)) continue;
      // A rollback counts a deletion that has not gone on for a while as interrupted, and takes over.
      if (isDeletion(outer) && inner === "rollback" && before === "two revisions") continue;
      Deno.test(`${inner} between any two requests of ${outer}, over ${before}, leaves nothing behind`, async () => {
        const requests = await tryAt(outer, inner, before, Infinity);
        for (let at = 0; at < requests; at++) await tryAt(outer, inner, before, at);
      });
    }
  }
}
