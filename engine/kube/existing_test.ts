import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeServer, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText } from "../../tests/_lib/kube_by_text.ts";

const manifest = (count: number): string =>
  Array.from({ length: count }, (_, index) => `{apiVersion: v1, kind: ConfigMap, metadata: {name: c${index}}}`)
    .join("\n---\n");

Deno.test("findExisting() finds the objects that exist, in the order of the manifest", async () => {
  for (const count of [3, 40]) {
    const fake = fakeServer();
    const kube = kubeByText(fake);
    for (const index of [2, 0]) {
      await kube.create("here", `{apiVersion: v1, kind: ConfigMap, metadata: {name: c${index}}}`);
    }
    fake.log.length = 0;
    const found = await kube.findExisting("here", manifest(count));
    deepEqual(found.map(({ info, metadata }) => [info.name, metadata.name]), [["c0", "c0"], ["c2", "c2"]]);
    // Many objects of one kind are read with one list.
    equal(fake.log.length, count === 3 ? 3 : 1);
  }
});

Deno.test("findExisting() takes what may not be read for absent, and passes other failures on", async () => {
  const fake = fakeServer();
  fake.intercept = () => refusal(403, "Forbidden", "no");
  deepEqual(await kubeByText(fake).findExisting("here", manifest(40)), []);
  fake.intercept = () => refusal(400, "BadRequest", "what?");
  await rejects(kubeByText(fake).findExisting("here", manifest(1)), { message: "what?" });
});

Deno.test("create() that is to look first creates nothing when an object exists, not even the namespace", async () => {
  const fake = fakeServer();
  const kube = kubeByText(fake);
  await kube.create("here", "{apiVersion: v1, kind: ConfigMap, metadata: {name: c1, namespace: there}}");
  fake.log.length = 0;
  const text =
    `{apiVersion: v1, kind: Secret, metadata: {name: s}}\n---\n{apiVersion: v1, kind: ConfigMap, metadata: {name: c1, namespace: there}}`;
  const onExisting = (found: readonly unknown[], refused: Error): Promise<void> => {
    equal(found.length, 1);
    return Promise.reject(refused);
  };
  await rejects(kube.create("new", text, { onExisting }), {
    message: 'configmaps "c1" already exists',
    kind: "exists",
  });
  deepEqual(fake.log.filter((line) => !line.startsWith("GET ")), []);
});
