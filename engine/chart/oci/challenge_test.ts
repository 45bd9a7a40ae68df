import { deepEqual } from "node:assert/strict";
import { parseChallenges } from "./challenge.ts";

Deno.test("parseChallenges() reads schemes and their parameters", () => {
  deepEqual(
    parseChallenges('Bearer realm="https://a.example/token",service="r",scope="repository:a/b:pull,push"'),
    [{
      scheme: "bearer",
      parameters: { realm: "https://a.example/token", service: "r", scope: "repository:a/b:pull,push" },
    }],
  );
  deepEqual(parseChallenges('Negotiate, Basic Realm="a \\"b\\", c" , BEARER realm=https://a.example/t'), [
    { scheme: "negotiate", parameters: {} },
    { scheme: "basic", parameters: { realm: 'a "b", c' } },
    { scheme: "bearer", parameters: { realm: "https://a.example/t" } },
  ]);
});

Deno.test("parseChallenges() stops at what it cannot read", () => {
  deepEqual(parseChallenges(""), []);
  deepEqual(parseChallenges(" , "), []);
  deepEqual(parseChallenges('="x"'), []);
  deepEqual(
    parseChallenges('Basic realm="open'),
    [{ scheme: "basic", parameters: {} }].concat([
      // Text that is not a parameter is read as the next scheme.
      { scheme: "realm", parameters: {} },
    ]),
  );
});
