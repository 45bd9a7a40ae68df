import { equal } from "node:assert/strict";
import type { KubeObject } from "../mod.ts";
import { hasAllFields, isAsIn } from "./as_in.ts";

function deployment(spec: Record<string, unknown>, more: Record<string, unknown> = {}): KubeObject {
  return { apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" }, spec, ...more };
}

function withImages(...images: string[]): KubeObject {
  const containers = images.map((image) => ({ name: image.split(":")[0], image }));
  return deployment({ template: { spec: { containers } } });
}

Deno.test("isAsIn() compares only the fields in which both versions differ", () => {
  const [old, target] = [deployment({ replicas: 1, paused: true }), deployment({ replicas: 2, paused: true })];
  const live = deployment({ replicas: 2, paused: false, revisionHistoryLimit: 10 }, { status: { replicas: 1 } });
  equal(isAsIn(target, old, live), true);
  equal(isAsIn(old, target, live), false);
  equal(isAsIn(old, target, deployment({ replicas: 3 })), false);
  equal(isAsIn(target, old, deployment({ replicas: 3 })), false);
});

Deno.test("isAsIn() is true for both of two equal versions", () => {
  equal(isAsIn(withImages("a:1"), withImages("a:1"), withImages("a:2")), true);
});

Deno.test("isAsIn() needs every differing field", () => {
  const [old, target] = [withImages("a:1", "b:1"), withImages("a:2", "b:2")];
  equal(isAsIn(target, old, withImages("a:2", "b:2")), true);
  equal(isAsIn(target, old, withImages("a:2", "b:1")), false);
  equal(isAsIn(old, target, withImages("a:2", "b:1")), false);
});

Deno.test("isAsIn() matches list items by their key, so injected containers do not count", () => {
  equal(isAsIn(withImages("a:2"), withImages("a:1"), withImages("proxy:9", "a:2")), true);
});

Deno.test("isAsIn() knows equal quantities, and a Secret's stringData", () => {
  const limits = (memory: string): KubeObject =>
    deployment({ template: { spec: { containers: [{ name: "a", resources: { limits: { memory } } }] } } });
  equal(isAsIn(limits("1024Mi"), limits("2Gi"), limits("1Gi")), true);
  const secret = (fields: Record<string, unknown>): KubeObject => ({ apiVersion: "v1", kind: "Secret", ...fields });
  equal(
    isAsIn(secret({ stringData: { a: "b" } }), secret({ data: { a: "YQ==" } }), secret({ data: { a: "Yg==" } })),
    true,
  );
});

Deno.test("isAsIn() takes a field that was removed as absent, or as filled in by the server", () => {
  const [old, target] = [deployment({ replicas: 3 }), deployment({})];
  equal(isAsIn(target, old, deployment({})), true);
  equal(isAsIn(target, old, deployment({ replicas: 1 })), true);
  equal(isAsIn(target, old, deployment({ replicas: 3 })), false);
  equal(isAsIn(old, target, deployment({ replicas: 3 })), true);
});

Deno.test("isAsIn() tells objects that only one version has by their existence", () => {
  const object = deployment({ replicas: 1 });
  equal(isAsIn(object, undefined, object), true);
  equal(isAsIn(undefined, object, object), false);
  equal(isAsIn(object, undefined, undefined), false);
  equal(isAsIn(undefined, object, undefined), true);
  equal(isAsIn(undefined, undefined, undefined), true);
});

Deno.test("isAsIn() does not compare API versions", () => {
  const old = { ...deployment({ replicas: 1 }), apiVersion: "apps/v1beta1" };
  equal(isAsIn(old, deployment({ replicas: 2 }), deployment({ replicas: 1 })), true);
});

Deno.test("hasAllFields() allows more fields in the live object, and no other values", () => {
  const live = deployment({ replicas: 2, paused: false }, {
    metadata: { name: "web", namespace: "default", uid: "1" },
  });
  equal(hasAllFields(deployment({ replicas: 2 }), live), true);
  equal(hasAllFields(deployment({ replicas: 3 }), live), false);
  equal(hasAllFields(deployment({ replicas: 2, minReadySeconds: 5 }), live), false);
  equal(hasAllFields(withImages("a:1"), withImages("proxy:9", "a:1")), true);
});
