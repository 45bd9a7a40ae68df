import { deepEqual, equal } from "node:assert/strict";
import { covers, isOwnEntry, isSame, typeFacts } from "./equal.ts";
import type { FieldPath } from "./paths.ts";

const deployment = typeFacts("apps/v1", "Deployment");
const service = typeFacts("v1", "Service");
const config = typeFacts("v1", "ConfigMap");
const custom = typeFacts("example.com/v1", "Widget");
const role = typeFacts("rbac.authorization.k8s.io/v1", "Role");

const container: FieldPath = ["spec", "template", "spec", "containers", { key: "name", value: "web" }];

Deno.test("isSame() compares quantities by their size, in fields that hold one", () => {
  const cpu = [...container, "resources", "limits", "cpu"];
  equal(isSame(cpu, "1000m", "1", deployment), true);
  equal(isSame(cpu, "500m", 0.5, deployment), true);
  equal(isSame(cpu, "500m", "501m", deployment), false);
  equal(isSame(["data", "size"], "1000m", "1", config), false);
  equal(isSame([...container, "resources"], { limits: { cpu: "1000m" } }, { limits: { cpu: 1 } }, deployment), true);
});

Deno.test("isSame() compares a number and its text, in fields that take both", () => {
  const port: FieldPath = ["spec", "ports", { key: "port", value: "80" }, "targetPort"];
  equal(isSame(port, "80", 80, service), true);
  equal(isSame(["metadata", "labels", "a"], "80", 80, service), false);
  equal(isSame(["spec", "replicas"], 2n, 2, deployment), true);
});

Deno.test("isSame() takes null for absent everywhere, and empty for absent where the type says so", () => {
  equal(isSame(["spec", "x"], null, undefined, custom), true);
  equal(isSame(["spec", "x"], "", undefined, custom), false);
  equal(isSame([...container, "command"], [], undefined, deployment), true);
  equal(isSame([...container, "resources"], {}, undefined, deployment), true);
  equal(isSame(["metadata", "labels"], {}, undefined, deployment), true);
  equal(isSame(["spec", "volumes", 0, "emptyDir"], {}, undefined, deployment), false);
  equal(isSame(["metadata", "labels", "a"], "", undefined, deployment), false);
  equal(isSame(["data", "a"], "", undefined, config), false);
});

Deno.test("isSame() ignores the order of sets, and no other order", () => {
  equal(isSame(["rules", 0, "verbs"], ["get", "list"], ["list", "get"], role), true);
  equal(isSame(["rules", 0, "verbs"], ["get", "list"], ["get", "get"], role), false);
  equal(isSame([...container, "args"], ["a", "b"], ["b", "a"], deployment), false);
});

Deno.test("covers() allows more fields, and no fewer", () => {
  equal(covers([], { a: 1 }, { a: 1, b: 2 }, custom), true);
  equal(covers([], { a: 1, c: 3 }, { a: 1, b: 2 }, custom), false);
  equal(covers(container, { ports: [{ port: 1 }] }, { ports: [{ port: 1, protocol: "TCP" }] }, deployment), true);
  equal(covers(container, { args: ["a"] }, { args: ["a", "b"] }, deployment), false);
});

Deno.test("isSame() takes false and 0 for absent where servers leave them out, and nowhere else", () => {
  const pod: FieldPath = ["spec", "template", "spec"];
  for (const field of ["hostNetwork", "hostPID", "hostIPC"]) {
    equal(isSame([...pod, field], false, undefined, deployment), true);
    equal(isSame([...pod, field], true, undefined, deployment), false);
  }
  equal(isSame([...container, "livenessProbe", "initialDelaySeconds"], 0n, undefined, deployment), true);
  equal(isSame([...container, "livenessProbe", "initialDelaySeconds"], 0, 5, deployment), false);
  equal(isSame(["spec", "replicas"], 0, undefined, deployment), false);
  equal(isSame(["data", "paused"], false, undefined, config), false);
  equal(isSame(["spec", "paused"], false, undefined, custom), false);
});

Deno.test("isOwnEntry() is true in maps of the user's own, and not for the fields of a selector of labels", () => {
  const own = [
    "/metadata/labels/a~1b",
    "/data/a",
    "/spec/selector/app",
    "/spec/selector/matchLabels/app",
    "/stringData/a",
  ];
  const others = [
    "",
    "/data",
    "/spec/selector",
    "/spec/selector/matchLabels",
    "/spec/selector/matchExpressions",
    "/spec/paused",
  ];
  const isOwn = (pointer: string) => isOwnEntry(pointer.split("/").slice(1));
  deepEqual([...own, ...others].filter(isOwn), own);
  equal(isOwnEntry(["spec", "template", "spec", "nodeSelector", "disk"]), true);
  equal(isOwnEntry(["spec", "ports", { key: "port", value: "80" }, "name"]), false);
});
