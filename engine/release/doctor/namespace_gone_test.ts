import { deepEqual, equal } from "node:assert/strict";
import { isTerminating, terminating } from "./namespace_gone.ts";

const namespace = {
  metadata: { name: "shop", deletionTimestamp: "2026-01-01T00:00:00Z" },
  spec: { finalizers: ["kubernetes", "cleaner.example.com/wait"] },
  status: {
    phase: "Terminating",
    conditions: [
      { type: "NamespaceDeletionDiscoveryFailure", status: "False", message: "All resources successfully discovered" },
      { type: "NamespaceFinalizersRemaining", status: "True", message: "example.com/hold in 1 resource instances" },
    ],
  },
};

Deno.test("terminating() names the conditions that hold a namespace, and finalizers that are not Kubernetes' own", () => {
  equal(isTerminating(namespace), true);
  equal(isTerminating({ metadata: { name: "shop" }, status: { phase: "Active" } }), false);
  const { severity, evidence, noRepair } = terminating(namespace, 3, Date.parse("2026-01-01T03:00:00Z") / 1000);
  deepEqual([severity, noRepair === undefined], ["broken", false]);
  deepEqual(evidence.map(({ text }) => text), [
    "Terminating for 3 hours",
    "NamespaceFinalizersRemaining: example.com/hold in 1 resource instances",
    "finalizers: cleaner.example.com/wait",
  ]);
});
