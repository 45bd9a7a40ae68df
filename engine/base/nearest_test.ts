import { deepEqual, equal } from "node:assert/strict";
import { distance, nearest, orList } from "./nearest.ts";

Deno.test("distance() counts letters that change, come or go", () => {
  deepEqual([distance("", "ab"), distance("web", "web"), distance("timout", "timeout"), distance("ab", "ba")], [
    2,
    0,
    1,
    2,
  ]);
});

Deno.test("nearest() finds typing mistakes, other letters, beginnings and other orders", () => {
  deepEqual(nearest("bse", ["base", "shop"]), ["base"]);
  deepEqual(nearest("wbe", ["web", "db"]), ["web"]);
  deepEqual(nearest("b", ["a"]), []);
  deepEqual(nearest("WEB", ["web", "db"]), ["web"]);
  deepEqual(nearest("ingress", ["ingress-nginx", "web"]), ["ingress-nginx"]);
  deepEqual(nearest("nginx-ingress", ["ingress-nginx", "web"]), ["ingress-nginx"]);
});

Deno.test("nearest() offers three names, the best first, and never the word itself", () => {
  deepEqual(nearest("web1", ["web1", "web2", "web", "web3", "web4"]), ["web", "web2", "web3"]);
  deepEqual(nearest("x", ["quite-another"]), []);
  deepEqual(nearest("", ["a"]), []);
});

Deno.test("orList() makes a list for a sentence", () => {
  deepEqual([[], ["a"], ["a", "b"], ["a", "b", "c"]].map(orList), ["", "a", "a or b", "a, b or c"]);
  equal(orList(["x"]), "x");
});
