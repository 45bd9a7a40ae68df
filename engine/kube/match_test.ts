import { equal } from "node:assert/strict";
import { doubles, matcherOf, withoutMatches } from "./match.ts";
import type { ResourceInfo } from "./types.ts";

function info(group: string, kind: string, name: string, namespace = "here"): ResourceInfo {
  const resource = { group, version: "v1", kind, plural: "", namespaced: true };
  return { resource, name, namespace, object: {} };
}

Deno.test("matcherOf() follows a kind from one of Kubernetes' own groups to another", () => {
  const old = info("extensions", "Deployment", "a");
  equal(matcherOf([old])(info("apps", "Deployment", "a")), old);
  equal(withoutMatches([old], [info("apps", "Deployment", "a")]).length, 0);
});

Deno.test("matcherOf() prefers the same group", () => {
  const list = [info("extensions", "Ingress", "a"), info("networking.k8s.io", "Ingress", "a")];
  equal(matcherOf(list)(info("networking.k8s.io", "Ingress", "a")), list[1]);
});

Deno.test("matcherOf() takes one kind in two foreign groups for two objects", () => {
  equal(matcherOf([info("a.example.com", "Thing", "a")])(info("b.example.com", "Thing", "a")), undefined);
});

Deno.test("matcherOf() looks at name, namespace and kind", () => {
  const list = [info("", "Secret", "a"), info("", "ConfigMap", "b"), info("", "ConfigMap", "a", "there")];
  equal(matcherOf(list)(info("", "ConfigMap", "a")), undefined);
});

Deno.test("doubles() are the later ones of one object", () => {
  const list = [info("apps", "Deployment", "a"), info("", "Secret", "a"), info("extensions", "Deployment", "a")];
  equal(doubles(list).size, 1);
  equal(doubles(list).has(list[2] ?? info("", "", "")), true);
});
