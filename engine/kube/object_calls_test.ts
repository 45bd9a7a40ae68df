import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import type { KubeObject } from "../model/mod.ts";
import { deleteObject, PODS } from "./object_calls.ts";
import type { KubeProgress, ResourceInfo } from "./types.ts";

const POD: ResourceInfo = {
  resource: PODS,
  name: "a",
  namespace: "default",
  object: { apiVersion: "v1", kind: "Pod", metadata: { name: "a", namespace: "default" } },
};
const PATH = "/api/v1/namespaces/default/pods/a";

function setUp() {
  const fake = fakeServer();
  const told: KubeProgress["verb"][] = [];
  const options = { report: ({ verb }: KubeProgress): void => void told.push(verb) };
  return { fake, told, options };
}

Deno.test("deleteObject() tells the uid of what it deleted, and finds nothing the second time", async () => {
  const { fake, told, options } = setUp();
  fake.put(PATH, POD.object);
  deepEqual(await deleteObject(fake.transport, POD, options), { uid: undefined });
  equal(await deleteObject(fake.transport, POD, options), undefined);
  deepEqual(told, ["delete"]);
});

Deno.test("deleteObject() of what was there a moment ago counts as done when nothing is left", async () => {
  const { fake, told, options } = setUp();
  deepEqual(await deleteObject(fake.transport, POD, options, { uid: "u", wasThere: true }), { uid: "u" });
  deepEqual(told, ["delete"]);
});

Deno.test("deleteObject() after a conflict looks whether the object is gone, another, or going away", async () => {
  const cases = [
    [undefined, "u"],
    [{ uid: "other" }, "u"],
    [{ uid: "u", deletionTimestamp: "2026-01-01T00:00:00Z" }, "u"],
  ] as const;
  for (const [metadata, uid] of cases) {
    const { fake, told, options } = setUp();
    if (metadata !== undefined) fake.put(PATH, { ...POD.object, metadata: { ...POD.object.metadata, ...metadata } });
    fake.intercept = ({ method }) => method === "DELETE" ? refusal(409, "Conflict", "no") : undefined;
    deepEqual(await deleteObject(fake.transport, POD, options, { uid }), { uid });
    deepEqual(told, ["delete"]);
    deepEqual(fake.log, [`DELETE ${PATH}`, `GET ${PATH}`]);
  }
});

Deno.test("deleteObject() gives the conflict of an object that stays, or that may not be read", async () => {
  for (const mayRead of [true, false]) {
    const { fake, told, options } = setUp();
    fake.put(PATH, POD.object);
    fake.intercept = ({ method }) =>
      method === "DELETE" ? refusal(409, "Conflict", "no") : mayRead ? undefined : refusal(403, "Forbidden", "hidden");
    await rejects(deleteObject(fake.transport, POD, options), { status: 409, message: "no" });
    deepEqual(told, []);
  }
});

Deno.test("deleteObject() says whose finalizers keep an object, not that Kubernetes has some", async () => {
  const held = (finalizers: string[]): KubeObject => ({
    ...POD.object,
    metadata: { name: "a", uid: "u", deletionTimestamp: "2026-01-01T00:00:00Z", finalizers },
  });
  const tell = async (finalizers: string[], isConflict: boolean): Promise<string[]> => {
    const fake = fakeServer();
    const told: string[] = [];
    fake.put(PATH, held(finalizers));
    fake.intercept = ({ method }) =>
      method !== "DELETE" ? undefined : isConflict ? refusal(409, "Conflict", "no") : json(held(finalizers));
    const report = ({ verb, detail }: KubeProgress): void => void (verb === "warning" && told.push(detail));
    deepEqual(await deleteObject(fake.transport, POD, { report }), { uid: "u" });
    return told;
  };
  const text = "Pod/a is marked for deletion and stays until its finalizers are removed: example.com/a, finalizers.b";
  for (const isConflict of [false, true]) {
    deepEqual(await tell(["example.com/a", "kubernetes.io/pvc-protection", "finalizers.b"], isConflict), [text]);
    deepEqual(
      await tell(["foregroundDeletion", "orphan", "customresourcecleanup.apiextensions.k8s.io"], isConflict),
      [],
    );
    deepEqual(await tell(["service.kubernetes.io/load-balancer-cleanup"], isConflict), []);
  }
});
