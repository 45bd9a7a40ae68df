/**
 * Two operations on one release at the same time: either one wins, or both run
 * one after the other. The loser gets a clear error, two revisions are never
 * DEPLOYED, no revision is lost, and the records are true.
 *
 * `SKEG_RACES` is the number of runs of each pair. Pauses between requests are
 * random; a failure prints the seed, and `SKEG_SEED` repeats it.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { SkegError } from "../../errors.ts";
import type { Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, openStage, openStageIn, untruths } from "./_stage.ts";

const RUNS = Number(Deno.env.get("SKEG_RACES") ?? "1");
/** Kubeconfig of a real cluster that replaces the sandboxes. */
const KUBECONFIG = Deno.env.get("SKEG_E2E_KUBECONFIG");
const SEED = Number(Deno.env.get("SKEG_SEED") ?? Math.floor(Math.random() * 2 ** 31));

interface Options {
  readonly hooks: boolean;
  readonly namespace: string;
}

type Operation = (env: Environment, options: Options) => Promise<unknown>;

const some = (version: number, { hooks, namespace }: Options) => ({
  name: "web",
  namespace,
  chart: hookedChart(version),
  timeoutSeconds: 5,
  disableHooks: !hooks,
});
const plain = ({ hooks }: Options) => ({ name: "web", timeoutSeconds: 5, disableHooks: !hooks });

const OPERATIONS: Readonly<Record<string, Operation>> = {
  install: (env, options) => install(env, some(1, options)),
  replace: (env, options) => install(env, { ...some(1, options), reuseName: true }),
  upgrade: (env, options) => upgrade(env, some(2, options)),
  rollback: (env, options) => rollback(env, { ...plain(options), revision: 1 }),
  delete: (env, options) => uninstall(env, plain(options)),
  purge: (env, options) => uninstall(env, { ...plain(options), purge: true }),
};

/** States before the race; each function returns the number of revisions. */
const BEFORE: Readonly<Record<string, (env: Environment, namespace: string) => Promise<number>>> = {
  nothing: () => Promise.resolve(0),
  "two revisions": async (env, namespace) => {
    await install(env, some(1, { hooks: false, namespace }));
    await upgrade(env, some(2, { hooks: false, namespace }));
    return 2;
  },
  "a deleted release": async (env, namespace) => {
    await install(env, some(1, { hooks: false, namespace }));
    await uninstall(env, { name: "web", disableHooks: true });
    return 1;
  },
};

/** Returns a pseudorandom generator; the same seed gives the same pauses. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Delays every request a little, before and after the server carries it out. */
function jittered(random: () => number, slowMs: number): (next: Transport) => Transport {
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, random() * slowMs));
  return (next) => async (request) => {
    await pause();
    const answer = await next(request);
    await pause();
    return answer;
  };
}

/** Kinds of errors that the loser of a race may get. */
const CLEAR = new Set(["conflict", "exists", "not-found", "release", "kube"]);

/**
 * True if a hook's Job did not end in time on a real cluster. Each of two operations deletes the other's Job and
 * creates its own under the same name; the Job controller may then wait for the pods of the first one, for up to
 * five minutes. Any client sees this that deletes and creates a Job within milliseconds.
 */
function isStalled(error: unknown): boolean {
  return KUBECONFIG !== undefined && error instanceof SkegError && error.kind === "timeout";
}

async function race(names: readonly [string, string], before: string, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const stage = await (KUBECONFIG === undefined ? openStage() : openStageIn(KUBECONFIG));
  const label = `${names.join(" and ")} over ${before}, SKEG_SEED=${seed}`;
  try {
    const revisions = await BEFORE[before]?.(stage.process(), stage.namespace) ?? 0;
    const options = { hooks: random() < 0.5, namespace: stage.namespace };
    const slowMs = [1, 3, 8][Math.floor(random() * 3)] ?? 1;
    const outcomes = await Promise.allSettled(names.map(async (name) => {
      const env = stage.process(jittered(random, slowMs), { patienceSeconds: 3 });
      await new Promise((resolve) => setTimeout(resolve, random() * 20));
      await OPERATIONS[name]?.(env, options);
    }));
    await stage.settle();
    const records = await stage.records("web");
    const told = outcomes.map((outcome, index) =>
      `${names[index]}: ${outcome.status === "fulfilled" ? "done" : `${outcome.reason}`}`
    ).concat(records.map(({ revision, info }) => `${revision} ${info.status.code} ${info.description}`));
    const context = `${label}\n${told.join("\n")}`;
    for (const outcome of outcomes) {
      if (outcome.status === "fulfilled" || isStalled(outcome.reason)) continue;
      ok(outcome.reason instanceof SkegError && CLEAR.has(outcome.reason.kind), context);
    }
    const wrong = await untruths(stage, "web");
    deepEqual(wrong, [], `${context}\n${wrong.join("\n")}`);
    const purged = outcomes.some((outcome, index) => names[index] === "purge" && outcome.status === "fulfilled");
    if (!purged) {
      ok(records.length >= revisions, `a revision is lost: ${context}`);
      deepEqual(records.map(({ revision }) => revision), records.map((_, index) => index + 1), context);
    }
    for (const { info } of records) ok(!/^(PENDING|DELETING)/.test(info.status.code), context);
    const stalled = outcomes.some((outcome) => outcome.status === "rejected" && isStalled(outcome.reason));
    const possible = names.filter((name) => isPossible(name, before));
    if (possible.length > 0 && !stalled) {
      ok(outcomes.some(({ status }) => status === "fulfilled"), `nobody won: ${context}`);
    }
  } finally {
    await stage.close();
  }
}

/** True if the operation would succeed alone. */
function isPossible(name: string, before: string): boolean {
  if (before === "nothing") return name === "install" || name === "replace";
  if (before === "two revisions") return name !== "install" && name !== "replace";
  return name === "replace" || name === "rollback" || name === "purge";
}

const names = Object.keys(OPERATIONS);
for (const before of Object.keys(BEFORE)) {
  names.forEach((first, index) =>
    names.slice(index).forEach((second, offset) =>
      Deno.test({
        name: `${first} and ${second} at the same moment, over ${before}`,
        ignore: !isPossible(first, before) && !isPossible(second, before),
        sanitizeOps: false,
        sanitizeResources: false,
        fn: async () => {
          equal(Number.isInteger(RUNS) && RUNS > 0, true, "SKEG_RACES is a number");
          for (let run = 0; run < RUNS; run++) {
            await race([first, second], before, SEED + run * 1000 + index * 31 + offset);
          }
        },
      })
    )
  );
}
