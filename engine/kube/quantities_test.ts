import { equal } from "node:assert/strict";
import { hasReadableQuantities } from "./quantities.ts";

const claim = (storage: unknown) => ({ kind: "PersistentVolumeClaim", spec: { resources: { requests: { storage } } } });

Deno.test("hasReadableQuantities() accepts what Kubernetes reads as a quantity", () => {
  for (const text of ["1", "1.5", ".5", "100m", "1Gi", "2k", "1e3", "1E-2", "+1", "-1Mi", 7, null]) {
    equal(hasReadableQuantities(claim(text)), true, String(text));
  }
});

Deno.test("hasReadableQuantities() finds what is none, at any depth", () => {
  for (const text of ["wrong", "", "1 Gi", "1gi", "Gi", true]) {
    equal(hasReadableQuantities(claim(text)), false, String(text));
  }
  const pod = { spec: { template: { spec: { containers: [{ resources: { limits: { cpu: "much" } } }] } } } };
  equal(hasReadableQuantities(pod), false);
  equal(hasReadableQuantities({ spec: { volumes: [{ emptyDir: { sizeLimit: "big" } }] } }), false);
});

Deno.test("hasReadableQuantities() leaves names alone that mean something else elsewhere", () => {
  equal(
    hasReadableQuantities({ data: { requests: "many" }, spec: { limits: "none", other: { requests: { a: "b" } } } }),
    true,
  );
});
