import { deepEqual } from "node:assert/strict";
import { creatableForm, withoutServerFields } from "./clean.ts";

const SERVER = { uid: "1", resourceVersion: "7", managedFields: [], generation: 2, selfLink: "/x" };

Deno.test("withoutServerFields() leaves out versions, UIDs and status, and keeps the rest", () => {
  const labels = { app: "web" };
  deepEqual(
    withoutServerFields({
      kind: "Pod",
      metadata: { name: "a", labels, creationTimestamp: "2019-12-01T10:11:12Z", ...SERVER },
      spec: { a: 1 },
      status: {},
    }),
    { kind: "Pod", metadata: { name: "a", labels, creationTimestamp: "2019-12-01T10:11:12Z" }, spec: { a: 1 } },
  );
});

Deno.test("creatableForm() leaves out owners and finalizers: the server would delete the object, or never", () => {
  const metadata = {
    name: "a",
    ...SERVER,
    ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "p", uid: "9" }],
    finalizers: ["x/y"],
    deletionTimestamp: "t",
  };
  deepEqual(creatableForm({ apiVersion: "v1", kind: "ConfigMap", metadata, data: {} }), {
    object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" }, data: {} },
    lost: [],
  });
});

Deno.test("creatableForm() says what cannot come back: addresses, data of volumes, runs of Jobs", () => {
  const service = {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "a" },
    spec: { clusterIP: "10.0.0.7", clusterIPs: ["10.0.0.7"], ports: [] },
  };
  deepEqual(creatableForm(service), {
    object: { ...service, spec: { ports: [] } },
    lost: ["its address 10.0.0.7"],
  });
  const headless = { ...service, spec: { clusterIP: "None" } };
  deepEqual(creatableForm(headless), { object: headless, lost: [] });
  const claim = {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "a", annotations: { "pv.kubernetes.io/bind-completed": "yes", mine: "1" } },
    spec: { volumeName: "pvc-1", storageClassName: "fast" },
  };
  deepEqual(creatableForm(claim), {
    object: { ...claim, metadata: { name: "a", annotations: { mine: "1" } }, spec: { storageClassName: "fast" } },
    lost: ["the data of its volume pvc-1"],
  });
  const tie = { "controller-uid": "1", "batch.kubernetes.io/job-name": "a" };
  const job = {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "a", labels: { app: "a", ...tie } },
    spec: { selector: { matchLabels: tie }, template: { metadata: { labels: { app: "a", ...tie } }, spec: {} } },
  };
  deepEqual(creatableForm(job).object, {
    ...job,
    metadata: { name: "a", labels: { app: "a" } },
    spec: { template: { metadata: { labels: { app: "a" } }, spec: {} } },
  });
  // A kind of the same name in another group is left as it is.
  const other = { ...service, apiVersion: "serving.example.com/v1" };
  deepEqual(creatableForm(other), { object: other, lost: [] });
});
