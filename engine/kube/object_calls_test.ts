import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeServer, refusal } from "./_fake_server.ts";
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
