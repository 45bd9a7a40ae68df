/** Tests of transports that tell of their requests. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import { SkegError } from "../errors.ts";
import { observed } from "./observed.ts";
import type { RequestEnd, SentRequest, SkegOptions } from "./skeg_options.ts";

const REQUEST = { method: "GET", path: "/api/v1/pods?limit=1" } as const;
const answers = () => Promise.resolve(new Response("gone", { status: 410 }));

Deno.test("observed() tells of a request without its query, and of its outcome once", async () => {
  const told: (SentRequest | Omit<RequestEnd, "ms">)[] = [];
  const transport = observed(answers, (request) => {
    told.push(request);
    return ({ ms, ...end }) => {
      equal(ms >= 0, true);
      told.push(end);
    };
  });
  equal((await transport(REQUEST)).status, 410);
  deepEqual(told, [{ method: "GET", path: "/api/v1/pods" }, { status: 410 }]);
});

Deno.test("observed() ignores what a callback returns if it is not a function", async () => {
  const list: SentRequest[] = [];
  // A script in JavaScript may return anything.
  const returning = (value: unknown) =>
    ((request: SentRequest) => (list.push(request), value)) as SkegOptions["onRequest"];
  for (const value of [1, null, undefined, "text", {}, Promise.resolve(() => {})]) {
    const transport = observed(answers, returning(value) ?? (() => {}));
    equal((await transport(REQUEST)).status, 410);
  }
  equal(list.length, 6);
});

Deno.test("observed() tells of a failure with the error, and passes it on as it was", async () => {
  const ends: RequestEnd[] = [];
  const cause = new TypeError("no way");
  const transport = observed(() => Promise.reject(cause), () => (end) => void ends.push(end));
  await rejects(transport(REQUEST), (error) => error === cause);
  const known = new SkegError("aborted", "cancelled");
  await rejects(observed(() => Promise.reject(known), () => (end) => void ends.push(end))(REQUEST), known);
  deepEqual(ends.map(({ status, error }) => [status, error?.kind, error?.message]), [
    [0, "kube", "no answer came"],
    [0, "aborted", "cancelled"],
  ]);
});

Deno.test("observed() does not tell of an answered request as failed when the callback throws", async () => {
  const statuses: number[] = [];
  const transport = observed(answers, () => ({ status }) => {
    statuses.push(status);
    throw new RangeError("mine");
  });
  await rejects(transport(REQUEST), RangeError);
  deepEqual(statuses, [410]);
});
