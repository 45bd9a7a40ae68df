import { deepEqual, equal } from "node:assert/strict";
import fc from "fast-check";
import type { JsonObject } from "../mod.ts";
import { align } from "./align.ts";
import { typeFacts } from "./equal.ts";
import { pointerOf } from "./paths.ts";

const DEPLOYMENT = typeFacts("apps/v1", "Deployment");

function differences(before: unknown, after: unknown, facts = DEPLOYMENT): [string, unknown, unknown][] {
  const found: [string, unknown, unknown][] = [];
  align([before as JsonObject, after as JsonObject], facts, (path, [a, b], isOrder) => {
    found.push([pointerOf(path) + (isOrder ? " order" : ""), a, b]);
  });
  return found;
}

const withEnv = (env: unknown): unknown => ({ spec: { template: { spec: { containers: [{ name: "web", env }] } } } });
const ENV = "/spec/template/spec/containers/[name=web]/env";

Deno.test("align() shows an inserted item of a keyed list as one difference", () => {
  const [a, b, c] = ["a", "b", "c"].map((name) => ({ name, value: name }));
  deepEqual(differences(withEnv([a, c]), withEnv([b, a, c])), [[`${ENV}/[name=b]`, undefined, b]]);
  deepEqual(differences(withEnv([a, b, c]), withEnv([a, c])), [[`${ENV}/[name=b]`, b, undefined]]);
});

Deno.test("align() shows another order of the same items", () => {
  const [a, b] = ["a", "b"].map((name) => ({ name, value: name }));
  deepEqual(differences(withEnv([a, b]), withEnv([b, a])), [[`${ENV} order`, ["a", "b"], ["b", "a"]]]);
});

Deno.test("align() tells ports with the same number apart by their protocol", () => {
  const ports = (name: string): unknown => ({
    spec: { ports: [{ port: 53, name: "dns" }, { port: 53, protocol: "UDP", name }] },
  });
  const found = differences(ports("a"), ports("b"), typeFacts("v1", "Service"));
  equal(found.length, 1);
  equal(found[0]?.[0].endsWith("/name") || found[0]?.[0].includes("[name="), true);
});

Deno.test("align() matches rules of an Ingress by host and paths by path", () => {
  const rules = (name: string): unknown => ({
    spec: { rules: [{ host: "a.example", http: { paths: [{ path: "/", backend: { service: { name } } }] } }] },
  });
  const facts = typeFacts("networking.k8s.io/v1", "Ingress");
  const path = "/spec/rules/[host=a.example]/http/paths/[path=~1]/backend/service/name";
  deepEqual(differences(rules("x"), rules("y"), facts), [[path, "x", "y"]]);
});

Deno.test("align() shows elements of a set one by one", () => {
  const meta = (finalizers: string[]): unknown => ({ metadata: { finalizers } });
  deepEqual(differences(meta(["a", "b"]), meta(["b", "a", "c"])), [["/metadata/finalizers/[c]", undefined, "c"]]);
});

/** Objects with nested maps and lists of named items. */
const objects = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, fc.integer(), fc.string(), fc.boolean(), tie("map"), tie("list")),
  map: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), tie("value"), { maxKeys: 4 }),
  list: fc.uniqueArray(fc.record({ name: fc.stringMatching(/^[a-z]{1,2}$/), x: tie("value") }), {
    selector: ({ name }) => name,
    maxLength: 4,
  }),
})).map as fc.Arbitrary<JsonObject>;

Deno.test("align() finds nothing between an object and itself, and something between different ones", () => {
  const facts = typeFacts("example.com/v1", "Widget");
  fc.assert(fc.property(objects, objects, (a, b) => {
    deepEqual(differences(a, structuredClone(a), facts), []);
    const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
    equal(differences(a, b, facts).length === 0, isSame);
    // The same fields differ in the other direction.
    const paths = (list: [string, unknown, unknown][]): string[] => list.map(([path]) => path).sort();
    deepEqual(paths(differences(a, b, facts)), paths(differences(b, a, facts)));
  }));
});

function sorted(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(sorted);
  if (typeof data !== "object" || data === null) return Object.is(data, -0) ? 0 : data;
  return Object.fromEntries(Object.entries(data).sort(([a], [b]) => a < b ? -1 : 1).map(([k, v]) => [k, sorted(v)]));
}
