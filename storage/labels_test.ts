import { deepEqual, equal } from "node:assert/strict";
import { labelValueProblems, querySelector } from "./labels.ts";

Deno.test("labelValueProblems() finds nothing wrong with what Kubernetes takes", () => {
  for (const value of ["", "a", "A.b-c_9", "x".repeat(63)]) deepEqual(labelValueProblems(value), []);
});

Deno.test("labelValueProblems() says both that it is long and what it may hold", () => {
  equal(labelValueProblems("-".repeat(64)).length, 2);
  for (const value of ["-a", "a-", "a b", "é", "a/b"]) equal(labelValueProblems(value).length, 1, value);
});

Deno.test("querySelector() always asks for the owner", () => {
  equal(querySelector({}), "OWNER=TILLER");
  equal(querySelector({ name: "web" }), "NAME=web,OWNER=TILLER");
  equal(querySelector({ status: "FAILED" }), "OWNER=TILLER,STATUS=FAILED");
  equal(querySelector({ name: "web" }, ["TILLER", "SKEG"]), "NAME=web,OWNER in (TILLER,SKEG)");
  equal(querySelector({}, []), "");
});
