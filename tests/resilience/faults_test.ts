/**
 * The API server fails at one request of an operation: requests that are safe to
 * repeat are repeated, other failures are reported, and all records stay true.
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { KubeError, SkegError } from "../../errors.ts";
import type { KubeRequest, Transport } from "../../engine/kube/mod.ts";
import { type Environment, install, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { hookedChart, hurry, NAMESPACE, openStage, type Stage, STRIDE, untruths } from "./_stage.ts";

type Trouble = (request: KubeRequest, next: Transport) => Promise<Response>;

const refusal = (code: number, reason: string, headers: Record<string, string> = {}): Response =>
  Response.json({ kind: "Status", apiVersion: "v1", status: "Failure", message: reason, reason, code }, {
    status: code,
    headers,
  });

/** Kinds of failures of one request. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  "500 before it is carried out": () => Promise.resolve(refusal(500, "InternalError")),
  "500 after it was carried out": async (request, next) => {
    await (await next(request)).body?.cancel();
    return refusal(500, "InternalError");
  },
  "429 with Retry-After": () => Promise.resolve(refusal(429, "TooManyRequests", { "retry-after": "0" })),
  "503": () => Promise.resolve(refusal(503, "ServiceUnavailable")),
  "409": (request) => Promise.resolve(refusal(409, request.method === "POST" ? "AlreadyExists" : "Conflict")),
  "a connection reset before": () => Promise.reject(new KubeError("connection reset", 0, "")),
  "a connection reset after": async (request, next) => {
    await (await next(request)).body?.cancel();
    throw new KubeError("connection reset", 0, "");
  },
  // `fetch` and some proxies do this when a kept connection is closed: the client gets the answer to the second request.
  "an answer lost, and the request repeated unseen": async (request, next) => {
    await (await next(request)).body?.cancel();
    return await next(request);
  },
  "two answers lost, and the request repeated unseen": async (request, next) => {
    for (let time = 0; time < 2; time++) await (await next(request)).body?.cancel();
    return await next(request);
  },
  "silence": () => new Promise(() => {}),
  "silence after it was carried out": async (request, next) => {
    await (await next(request)).body?.cancel();
    return await new Promise(() => {});
  },
};

/** Refusals that must not be retried: the object exists already, or another client changed it. */
const FINAL = new Set(["409"]);

interface Operation {
  readonly before: (env: Environment) => Promise<void>;
  readonly run: (env: Environment) => Promise<unknown>;
}

const put = (version: number) => ({
  name: "web",
  namespace: NAMESPACE,
  chart: hookedChart(version),
  timeoutSeconds: 5,
});
const first = async (env: Environment): Promise<void> => void await install(env, put(1));
const second = async (env: Environment): Promise<void> => {
  await first(env);
  await upgrade(env, put(2));
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  install: { before: async () => {}, run: (env) => install(env, put(1)) },
  upgrade: { before: first, run: (env) => upgrade(env, put(2)) },
  rollback: { before: second, run: (env) => rollback(env, { name: "web", revision: 1, timeoutSeconds: 5 }) },
  delete: { before: second, run: (env) => uninstall(env, { name: "web", timeoutSeconds: 5 }) },
  purge: { before: second, run: (env) => uninstall(env, { name: "web", purge: true, timeoutSeconds: 5 }) },
};

interface Outcome {
  readonly stage: Stage;
  readonly error: unknown;
  /** Number of sent requests. */
  readonly requests: number;
  /** True if the server had answered a request before the failure. */
  readonly wasThere: boolean;
}

/** Plays an operation; its `k`-th request, counted from 1, meets `trouble`. */
async function play(operation: Operation, k: number, trouble: Trouble): Promise<Outcome> {
  const stage = await openStage();
  await operation.before(stage.process());
  let requests = 0;
  let answered = 0;
  let wasThere = false;
  const through = (next: Transport): Transport => async (request) => {
    if (++requests === k) {
      wasThere = answered > 0;
      return await trouble(request, next);
    }
    const answer = await next(request);
    answered++;
    return answer;
  };
  let error: unknown;
  try {
    await operation.run(stage.process(through));
  } catch (caught) {
    error = caught;
  }
  return { stage, error, requests, wasThere };
}

hurry();

Object.entries(OPERATIONS).forEach(([verb, operation], row) =>
  Object.entries(TROUBLES).forEach(([what, trouble], column) =>
    Deno.test({
      name: `${verb}: ${what}, at every request`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const calm = await play(operation, 0, trouble);
        await calm.stage.close();
        equal(calm.error, undefined);
        ok(calm.requests > 5);
        for (let k = 1 + (row + column) % STRIDE; k <= calm.requests; k += STRIDE) {
          const { stage, error, wasThere } = await play(operation, k, trouble);
          try {
            const records = (await stage.records("web")).map(({ revision, info }) => `${revision} ${info.status.code}`);
            deepEqual(await untruths(stage, "web"), [], `request ${k}: ${error}; ${records.join(", ")}`);
            if (error === undefined) continue;
            ok(error instanceof SkegError, `request ${k}: ${error}`);
            if (!FINAL.has(what) && wasThere) {
              throw new Error(`request ${k} of ${calm.requests} was not tried again: ${error.message}`, {
                cause: error,
              });
            }
          } finally {
            await stage.close();
          }
        }
      },
    })
  )
);

for (const [verb, removed] of [["upgrade", "first"], ["rollback", "later"]] as const) {
  for (const remedy of ["the same again", "purge"]) {
    Deno.test({
      name: `${verb} fails when a removed object cannot be deleted for 429s, and then ${remedy} takes it away`,
      sanitizeOps: false,
      sanitizeResources: false,
      fn: async () => {
        const stage = await openStage();
        try {
          const operation = OPERATIONS[verb] as Operation;
          await operation.before(stage.process());
          const busy = (next: Transport): Transport => (request) =>
            request.method === "DELETE" && request.path.includes(`configmaps/web-${removed}`)
              ? Promise.resolve(refusal(429, "TooManyRequests", { "retry-after": "0" }))
              : next(request);
          const error = await operation.run(stage.process(busy)).then(() => undefined, (error) => error);
          ok(
            error instanceof SkegError && error.message.includes(`ConfigMap/web-${removed} could not be deleted`),
            error,
          );
          equal((await stage.records("web")).at(-1)?.info.status.code, "FAILED");
          ok((await stage.objects()).has(`ConfigMap/web-${removed}`));
          await (remedy === "purge" ? OPERATIONS["purge"] : operation)?.run(stage.process());
          deepEqual(await untruths(stage, "web"), []);
          ok(!(await stage.objects()).has(`ConfigMap/web-${removed}`));
        } finally {
          await stage.close();
        }
      },
    });
  }
}
