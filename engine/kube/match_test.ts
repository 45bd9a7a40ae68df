import { equal } from "node:assert/strict";
import { findMatch, withoutMatches } from "./match.ts";
import type { ResourceInfo } from "./types.ts";

function info(group: string, kind: string, name: string, namespace = "here"): ResourceInfo {
  const resource = { group, version: "v1", kind, plural: "", namespaced: true };
  return { resource, name, namespace, object: {} };
}

Deno.test("findMatch() follows a kind from one of Kubernetes' own groups to another", () => {
  const old = info("extensions", "Deployment", "a");
  equal(findMatch([old], info("apps", "Deployment", "a")), old);
  equal(withoutMatches([old], [info("apps", "Deployment", "a")]).length, 0);
});

Deno.test("findMatch() prefers the same group", () => {
  const list = [info("extensions", "Ingress", "a"), info("networking.k8s.io", "Ingress", "a")];
  equal(findMatch(list, info("networking.k8s.io", "Ingress", "a")), list[1]);
});

Deno.test("findMatch() takes one kind in two foreign groups for two objects", () => {
  equal(findMatch([info("a.example.com", "Thing", "a")], info("b.example.com", "Thing", "a")), undefined);
});

Deno.test("findMatch() looks at name, namespace and kind", () => {
  const list = [info("", "Secret", "a"), info("", "ConfigMap", "b"), info("", "ConfigMap", "a", "there")];
  equal(findMatch(list, info("", "ConfigMap", "a")), undefined);
});
