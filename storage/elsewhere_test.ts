import { deepEqual, equal, rejects } from "node:assert/strict";
import { fakeObjects } from "../tests/_lib/fake_objects.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import { type ClusterPlace, releaseKey } from "./driver.ts";
import { driverAt, type ElsewhereOptions, recordsElsewhere } from "./elsewhere.ts";

/** Such as `secret/kube-system web.v1`; a record without the label ends with `!`. */
const PLACES = ["configmap/kube-system", "secret/kube-system", "configmap/team", "secret/team"] as const;

type PlaceName = typeof PLACES[number];

function setUp(): ReturnType<typeof fakeObjects> & {
  at: (name: PlaceName) => ClusterPlace;
  put: (name: PlaceName, release: string, labels?: Record<string, string>) => Promise<void>;
  look: (name: PlaceName, options?: ElsewhereOptions) => Promise<string[]>;
} {
  const fake = fakeObjects();
  const at = (name: PlaceName): ClusterPlace => {
    const [storage, namespace = ""] = name.split("/");
    return { storage: storage as ClusterPlace["storage"], namespace, call: fake.call };
  };
  return {
    ...fake,
    at,
    async put(name, release, labels) {
      await driverAt(at(name)).create(someRelease({ name: release }));
      const { storage, namespace } = at(name);
      const object = fake.objects.get(`/api/v1/namespaces/${namespace}/${storage}s/${releaseKey(release, 1)}`);
      if (labels !== undefined && object?.metadata !== undefined) object.metadata.labels = labels;
    },
    async look(name, options) {
      fake.calls.length = 0;
      const found = await recordsElsewhere(at(name), options);
      return found.map(({ storage, namespace, key, labelled }) =>
        `${storage}/${namespace} ${key}${labelled ? "" : "!"}`
      );
    },
  };
}

Deno.test("recordsElsewhere() finds a record in each place but the one that was asked", async () => {
  const { put, look } = setUp();
  for (const place of PLACES) await put(place, "web");
  for (const asked of PLACES) {
    const others = PLACES.filter((place) => place !== asked).map((place) => `${place} web.v1`);
    deepEqual((await look(asked, { everywhere: true })).sort(), others.sort());
    const [storage, namespace] = asked.split("/");
    const beside = `${storage === "secret" ? "configmap" : "secret"}/${namespace} web.v1`;
    deepEqual(await look(asked), [beside]);
    deepEqual(await look(asked, { name: "web" }), [beside]);
    deepEqual(await look(asked, { name: "other" }), []);
  }
});

Deno.test("recordsElsewhere() asks for one object, without content, and for the other kind alone by default", async () => {
  const { put, look, calls } = setUp();
  await put("secret/kube-system", "web");
  deepEqual(await look("configmap/kube-system", { name: "web" }), ["secret/kube-system web.v1"]);
  deepEqual(calls.map(decodeURIComponent), [
    "GET /api/v1/namespaces/kube-system/secrets?labelSelector=NAME=web,OWNER=TILLER&limit=1",
  ]);
  const asked: unknown[] = [];
  const place: ClusterPlace = {
    storage: "secret",
    namespace: "x",
    call: (_method, _path, _body, options) => {
      asked.push(options?.metadataOnly);
      return Promise.resolve({ status: 200, body: { kind: "List" } });
    },
  };
  deepEqual(await recordsElsewhere(place, { everywhere: true }), []);
  deepEqual(asked, [true, true, true, true]);
});

Deno.test("recordsElsewhere() names each namespace once: all that have a name, else at most five", async () => {
  const fake = fakeObjects();
  const namespaces = ["a", "b", "c", "d", "e", "f", "g"];
  for (const namespace of namespaces) {
    const driver = driverAt({ storage: "configmap", namespace, call: fake.call });
    for (const revision of [1, 2, 3]) await driver.create(someRelease({ revision }));
  }
  const place: ClusterPlace = { storage: "configmap", namespace: "c", call: fake.call };
  const look = async (options: ElsewhereOptions): Promise<string> =>
    (await recordsElsewhere(place, { everywhere: true, ...options })).map(({ namespace }) => namespace).join("");
  equal(await look({}), "abdef");
  equal(await look({ name: "web" }), "abdefg");
  equal(await look({ name: "api" }), "");
});

Deno.test("recordsElsewhere() says nothing of what may not be listed, and looks into the namespaces it is told of", async () => {
  const { put, look, forbidden } = setUp();
  await put("configmap/team", "web");
  await put("secret/kube-system", "web");
  for (const path of ["configmaps", "secrets", "namespaces/kube-system/secrets"]) forbidden.add(`/api/v1/${path}`);
  deepEqual(await look("configmap/kube-system", { everywhere: true }), []);
  const namespaces = ["team", "kube-system"];
  deepEqual(await look("configmap/kube-system", { everywhere: true, namespaces }), ["configmap/team web.v1"]);
});

Deno.test("recordsElsewhere() passes on what is wrong with the server", async () => {
  const { look, answers } = setUp();
  answers.push({ status: 500, body: { message: "etcd is down" } });
  await rejects(look("configmap/kube-system"), {
    kind: "kube",
    message: "cannot look for records among secrets: etcd is down",
  });
});

Deno.test("recordsElsewhere() that is lenient gives what the places have that answer", async () => {
  const { put, look, answers } = setUp();
  await put("configmap/team", "web");
  answers.push({ status: 500, body: {} });
  deepEqual(await look("configmap/kube-system", { everywhere: true, lenient: true }), ["configmap/team web.v1"]);
});

Deno.test("recordsElsewhere() finds what lacks the label, when it is a record", async () => {
  const { put, look, objects } = setUp();
  await put("configmap/kube-system", "web", { NAME: "web" });
  await put("configmap/kube-system", "old", { OWNER: "OTHERS", NAME: "old" });
  const settings = "/api/v1/namespaces/kube-system/configmaps/settings.v2";
  objects.set(settings, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings.v2" } });
  objects.set("/api/v1/namespaces/kube-system/secrets/sh.helm.release.v1.web.v1", {
    metadata: { name: "sh.helm.release.v1.web.v1", labels: { owner: "helm" } },
  });
  for (const [name, found] of [["web", "web.v1!"], ["old", "old.v1!"], ["settings", ""], ["sh.helm", ""]] as const) {
    const expected = found === "" ? [] : [`configmap/kube-system ${found}`];
    deepEqual(await look("configmap/kube-system", { everywhere: true, name }), expected);
  }
  equal((await look("configmap/kube-system", { everywhere: true })).length, 1);
  deepEqual(await look("secret/kube-system", { everywhere: true }), []);
});

Deno.test("recordsElsewhere() looks for names that match", async () => {
  const { put, look } = setUp();
  for (const name of ["api", "shop", "web"]) await put("secret/kube-system", name);
  const matching = (pattern: RegExp) => look("configmap/kube-system", { matches: (name) => pattern.test(name) });
  deepEqual(await matching(/o/), ["secret/kube-system shop.v1"]);
  deepEqual(await matching(/x/), []);
});

Deno.test("recordsElsewhere() does not take an answer that is no list for an empty one", async () => {
  const place: ClusterPlace = {
    storage: "secret",
    namespace: "x",
    call: () => Promise.resolve({ status: 200, body: {} }),
  };
  await rejects(recordsElsewhere(place), { kind: "kube", message: /configmaps has no kind; expected a list$/ });
  deepEqual(await recordsElsewhere(place, { lenient: true }), []);
});
