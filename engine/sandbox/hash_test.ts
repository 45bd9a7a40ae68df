import { equal } from "node:assert/strict";
import { revisionHash, templateHash } from "./hash.ts";

/** A template as the server has filled it in; the hashes wanted below are those that a real cluster gave. */
function template(labels: Record<string, string>): Record<string, unknown> {
  return {
    metadata: { labels },
    spec: {
      containers: [{
        name: "a",
        image: "b",
        resources: {},
        terminationMessagePath: "/dev/termination-log",
        terminationMessagePolicy: "File",
        imagePullPolicy: "Always",
      }],
      restartPolicy: "Always",
      terminationGracePeriodSeconds: 30,
      dnsPolicy: "ClusterFirst",
      securityContext: {},
      schedulerName: "default-scheduler",
    },
  };
}

Deno.test("templateHash() is the pod-template-hash of a real cluster", () => {
  equal(templateHash(template({ a: "b" })), "7b78d878f5");
  equal(templateHash(template({ d: "t" })), "694dff56d");
});

Deno.test("templateHash() changes with the count of collisions", () => {
  equal(templateHash(template({ a: "b" }), 1) === templateHash(template({ a: "b" })), false);
});

Deno.test("revisionHash() is the hash of a StatefulSet's revision in a real cluster", () => {
  equal(revisionHash({ spec: { template: { $patch: "replace", ...template({ s: "t" }) } } }), "7c66cc9d84");
});
