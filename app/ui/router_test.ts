import { deepEqual, equal } from "node:assert/strict";
import { findRoute, routeTable } from "./router.ts";
import type { UiRoute } from "./call.ts";

const route = (method: UiRoute["method"], path: string): UiRoute => ({
  method,
  path,
  answer: () => Promise.resolve({ json: {} }),
});
const table = routeTable([
  route("GET", "/releases/:ctx/:name"),
  route("POST", "/releases/health"),
  route("GET", "/charts/:repo/:chart"),
  route("POST", "/charts/template"),
  route("GET", "/charts"),
]);

function pathOf(method: string, path: string): unknown {
  const found = findRoute(table, method, path);
  return typeof found === "object" ? [found.route.path, found.params] : found;
}

Deno.test("findRoute() decodes parts after it has split the path", () => {
  deepEqual(pathOf("GET", "/releases/arn%3Aaws%2Fprod/web.v1"), [
    "/releases/:ctx/:name",
    { ctx: "arn:aws/prod", name: "web.v1" },
  ]);
  equal(pathOf("GET", "/releases/%ZZ/web"), undefined);
  equal(pathOf("GET", "/releases//web"), undefined);
});

Deno.test("findRoute() prefers fixed words, and tells a wrong method from a wrong path", () => {
  deepEqual(pathOf("POST", "/charts/template"), ["/charts/template", {}]);
  equal(pathOf("PUT", "/charts/template"), "wrong-method");
  deepEqual(pathOf("POST", "/releases/health"), ["/releases/health", {}]);
  equal(pathOf("POST", "/charts"), "wrong-method");
  equal(pathOf("GET", "/nothing"), undefined);
});

Deno.test("findRoute() does not find what objects inherit", () => {
  deepEqual(pathOf("GET", "/charts/__proto__/constructor"), [
    "/charts/:repo/:chart",
    { repo: "__proto__", chart: "constructor" },
  ]);
});
