import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { KubeError } from "../errors.ts";
import { driverSuite } from "../tests/_lib/driver_suite.ts";
import { fakeObjects } from "../tests/_lib/fake_objects.ts";
import { someRelease } from "../tests/_lib/releases.ts";
import type { ClusterDriverOptions } from "./_cluster_driver.ts";
import { configMapDriver } from "./configmap.ts";
import type { Driver, ObjectCall } from "./driver.ts";

const ROOT = "/api/v1/namespaces/kube-system/configmaps";

driverSuite("configmap", () => {
  const { call } = fakeObjects();
  const driver = (): Driver => configMapDriver(call, "kube-system", { pageSize: 10 });
  return { driver: driver(), other: driver() };
});

function setUp(options: ClusterDriverOptions = {}): ReturnType<typeof fakeObjects> & { driver: Driver } {
  const fake = fakeObjects();
  const clock = (): { seconds: number; nanos: number } => ({ seconds: 77, nanos: 0 });
  return { ...fake, driver: configMapDriver(fake.call, "kube-system", { clock, ...options }) };
}

Deno.test("create() writes the object that Tiller writes", async () => {
  const { driver, objects } = setUp();
  await driver.create(someRelease({ revision: 2, status: "PENDING_UPGRADE" }));
  const object = objects.get(`${ROOT}/web.v2`);
  deepEqual(object?.metadata?.labels, {
    NAME: "web",
    OWNER: "TILLER",
    STATUS: "PENDING_UPGRADE",
    VERSION: "2",
    CREATED_AT: "77",
  });
  ok((object?.data as Record<string, string>).release?.startsWith("H4sIAAAAAAAC/"));
  deepEqual(Object.keys(object ?? {}).sort(), ["apiVersion", "data", "kind", "metadata"]);
});

// Pins Q1.
Deno.test("update() replaces CREATED_AT by MODIFIED_AT and keeps what others wrote", async () => {
  const { driver, objects } = setUp();
  await driver.create(someRelease());
  const object = objects.get(`${ROOT}/web.v1`);
  Object.assign(object?.metadata ?? {}, { annotations: { note: "kept" }, resourceVersion: "900" });
  Object.assign(object?.metadata?.labels ?? {}, { team: "blue" });
  await driver.update(someRelease({ status: "SUPERSEDED" }));
  const { labels, annotations } = objects.get(`${ROOT}/web.v1`)?.metadata ?? {};
  deepEqual(labels, {
    NAME: "web",
    OWNER: "TILLER",
    STATUS: "SUPERSEDED",
    VERSION: "1",
    MODIFIED_AT: "77",
    team: "blue",
  });
  deepEqual(annotations, { note: "kept" });
});

Deno.test("update() right after a read needs no second read", async () => {
  const { driver, calls } = setUp();
  await driver.create(someRelease());
  const { recordVersion } = await driver.get("web.v1");
  calls.length = 0;
  await driver.update(someRelease({ status: "FAILED" }), { version: recordVersion });
  deepEqual(calls, [`PUT ${ROOT}/web.v1`]);
});

Deno.test("query() asks by label, keys sorted", async () => {
  const { driver, calls } = setUp();
  await driver.create(someRelease());
  calls.length = 0;
  await driver.query({ name: "web", status: "DEPLOYED" });
  equal(
    decodeURIComponent(calls[0] ?? ""),
    `GET ${ROOT}?labelSelector=NAME=web,OWNER=TILLER,STATUS=DEPLOYED&limit=250`,
  );
});

Deno.test("query() trusts the label, list() gives the record as it is", async () => {
  const { driver, objects } = setUp();
  await driver.create(someRelease({ status: "FAILED" }));
  Object.assign(objects.get(`${ROOT}/web.v1`)?.metadata?.labels ?? {}, { STATUS: "DEPLOYED" });
  equal((await driver.query({ name: "web", status: "DEPLOYED" })).length, 1);
  equal((await driver.list())[0]?.info.status.code, "FAILED");
});

Deno.test("query() refuses what cannot be a label's value", async () => {
  const { driver, calls } = setUp();
  await rejects(driver.query({ name: "-web" }), {
    kind: "usage",
    message: /^invalid label value: "-web": a valid label/,
  });
  deepEqual(calls, []);
});

Deno.test("list() leaves out records that cannot be decoded, and tells of them", async () => {
  const broken: string[] = [];
  const { driver, objects } = setUp({ onBroken: (key, error) => broken.push(`${key} ${error.kind}`) });
  for (const revision of [1, 2, 3, 4]) await driver.create(someRelease({ revision }));
  Object.assign(objects.get(`${ROOT}/web.v1`) ?? {}, { data: { release: "H4sI not base64" } });
  Object.assign(objects.get(`${ROOT}/web.v2`) ?? {}, { data: {} });
  Object.assign(objects.get(`${ROOT}/web.v3`) ?? {}, { data: { release: "H4sIAAAAAAAC/w==" } });
  deepEqual((await driver.list()).map((release) => release.revision), [4]);
  deepEqual(broken, ["web.v1 record", "web.v2 record", "web.v3 record"]);
});

Deno.test("query() of records that are all broken gives none, and does not reject", async () => {
  const { driver, objects } = setUp();
  await driver.create(someRelease());
  Object.assign(objects.get(`${ROOT}/web.v1`) ?? {}, { data: {} });
  deepEqual(await driver.query({ name: "web" }), []);
});

Deno.test("list() starts again when a page's token has expired", async () => {
  const { driver, answers } = setUp({ pageSize: 2 });
  for (const revision of [1, 2, 3, 4, 5]) await driver.create(someRelease({ revision }));
  answers.push(undefined, { status: 410, body: { message: "too old", reason: "Expired" } });
  deepEqual((await driver.list()).map((release) => release.revision), [1, 2, 3, 4, 5]);
});

Deno.test("the server's refusals come with its words and status", async () => {
  const { driver, answers } = setUp();
  const refused = { status: 403, body: { message: "configmaps is forbidden", reason: "Forbidden" } };
  answers.push(refused, refused);
  const expected = { kind: "kube", status: 403, reason: "Forbidden", message: "configmaps is forbidden" };
  await rejects(driver.list(), expected);
  await rejects(driver.create(someRelease()), expected);
});

Deno.test("a record that cannot fit is refused before anything is sent, and says what is large", async () => {
  const { driver, calls } = setUp();
  const noise = new Uint8Array(1_500_000);
  for (let at = 0; at < noise.length; at += 65_536) crypto.getRandomValues(noise.subarray(at, at + 65_536));
  const release = someRelease({
    chart: { metadata: { name: "site" }, templates: [], dependencies: [], files: [{ path: "film.mp4", data: noise }] },
  });
  await rejects(driver.create(release), { kind: "record", message: /largest before compression: site\/film\.mp4 / });
  deepEqual(calls, []);
});

Deno.test("a write whose answer was lost is taken for done when the record is there", async () => {
  const { call, objects, calls } = fakeObjects();
  let isLost = false;
  const unreliable: typeof call = async (method, path, body) => {
    const answer = await call(method, path, body);
    if (isLost && method !== "GET") throw new KubeError("connection reset", 0, "");
    return answer;
  };
  const driver = configMapDriver(unreliable, "kube-system");
  isLost = true;
  const version = await driver.create(someRelease());
  await driver.update(someRelease({ status: "SUPERSEDED" }), { version });
  equal(objects.get(`${ROOT}/web.v1`)?.metadata?.labels?.STATUS, "SUPERSEDED");
  deepEqual(calls.map((line) => line.split(" ")[0]), ["POST", "GET", "PUT", "GET"]);
});

/** Sends each request twice, as `fetch` and some proxies do when a connection was closed before the answer. */
function repeating(call: ObjectCall): ObjectCall {
  return async (method, path, body, options) => {
    if (method !== "GET") await call(method, path, body, options);
    return await call(method, path, body, options);
  };
}

Deno.test("writes and deletions that were sent twice unseen are done", async () => {
  const { call, objects, calls } = fakeObjects();
  const driver = configMapDriver(repeating(call), "kube-system");
  const version = await driver.create(someRelease());
  await driver.update(someRelease({ status: "SUPERSEDED" }), { version });
  equal(objects.get(`${ROOT}/web.v1`)?.metadata?.labels?.STATUS, "SUPERSEDED");
  equal((await driver.delete("web.v1")).revision, 1);
  equal(objects.size, 0);
  deepEqual(calls.map((line) => line.split(" ")[0]).join(" "), "POST POST GET PUT PUT GET GET DELETE DELETE");
});

Deno.test("create() that a quota refuses the second time is done", async () => {
  const { call, objects } = fakeObjects();
  const driver = configMapDriver(async (method, ...rest) => {
    const answer = await call(method, ...rest);
    return method === "POST" ? { status: 403, body: { message: "exceeded quota" } } : answer;
  }, "kube-system");
  await driver.create(someRelease());
  equal(objects.size, 1);
});

Deno.test("create() never takes another operation's record for its own, however alike it is", async () => {
  const { call } = fakeObjects();
  await configMapDriver(call, "kube-system").create(someRelease());
  const lost = new KubeError("connection reset", 0, "");
  for (const way of [call, repeating(call)]) {
    await rejects(configMapDriver(way, "kube-system").create(someRelease()), { kind: "exists" });
  }
  let first = true;
  const losing: ObjectCall = async (method, ...rest) => {
    const answer = await call(method, ...rest);
    if (method !== "POST" || !first) return answer;
    first = false;
    throw lost;
  };
  await rejects(configMapDriver(losing, "kube-system", { pausesMs: [1] }).create(someRelease()), { kind: "exists" });
});

Deno.test("create() on a server that does not tell who wrote a record goes by its content", async () => {
  const { call, objects } = fakeObjects();
  const old: ObjectCall = (method, path, ...rest) => call(method, path.replace(/\?fieldManager=.*/, ""), ...rest);
  const driver = configMapDriver(repeating(old), "kube-system");
  await driver.create(someRelease());
  equal(objects.get(`${ROOT}/web.v1`)?.metadata?.managedFields, undefined);
  await rejects(driver.create(someRelease({ status: "FAILED" })), { kind: "exists" });
});

Deno.test("update() is refused when another client wrote between the two sendings", async () => {
  const { call } = fakeObjects();
  const other = configMapDriver(call, "kube-system");
  await other.create(someRelease());
  let between: (() => Promise<unknown>) | undefined = () => other.update(someRelease({ status: "DELETING" }));
  const driver = configMapDriver(async (method, ...rest) => {
    const answer = await call(method, ...rest);
    if (method !== "PUT" || between === undefined) return answer;
    const write = between;
    between = undefined;
    await write();
    return await call(method, ...rest);
  }, "kube-system");
  const { recordVersion } = await driver.get("web.v1");
  await rejects(driver.update(someRelease({ status: "SUPERSEDED" }), { version: recordVersion }), { kind: "conflict" });
  equal((await other.get("web.v1")).info.status.code, "DELETING");
});

Deno.test("update() goes through between the changes of a client that annotates the object all the time", async () => {
  const { call, objects } = fakeObjects();
  let changes = 0;
  const driver = configMapDriver(async (method, ...rest) => {
    const object = objects.get(`${ROOT}/web.v1`);
    if (method === "PUT" && object !== undefined && changes < 30) {
      changes++;
      const metadata = { ...object.metadata, annotations: { n: String(changes) } };
      await call("PUT", `${ROOT}/web.v1`, { ...object, metadata });
    }
    return await call(method, ...rest);
  }, "kube-system");
  await driver.create(someRelease());
  await driver.update(someRelease({ status: "SUPERSEDED" }));
  const { labels, annotations } = objects.get(`${ROOT}/web.v1`)?.metadata ?? {};
  deepEqual([labels?.STATUS, annotations], ["SUPERSEDED", { n: "30" }]);
});

Deno.test("a write that got nowhere is an error", async () => {
  const lost = new KubeError("connection refused", 0, "");
  const driver = configMapDriver(() => Promise.reject(lost), "kube-system");
  await rejects(driver.create(someRelease()), lost);
});

Deno.test("heads() asks for metadata alone, and doubts labels that others wrote", async () => {
  const { driver, objects, call } = setUp();
  const wanted: (boolean | undefined)[] = [];
  const asking = configMapDriver((method, path, body, options) => {
    wanted.push(options?.metadataOnly);
    return call(method, path, body, options);
  }, "kube-system");
  for (const revision of [1, 2, 3]) await driver.create(someRelease({ revision, status: "SUPERSEDED" }));
  const note = (manager: string, fieldsV1: unknown): unknown => ({ manager, operation: "Update", fieldsV1 });
  const content = { "f:data": { "f:release": {} } };
  const label = { "f:metadata": { "f:labels": { "f:STATUS": {} } } };
  const write = (revision: number, ...managedFields: unknown[]): void => {
    Object.assign(objects.get(`${ROOT}/web.v${revision}`)?.metadata ?? {}, { managedFields });
  };
  write(2, note("tiller", { ...content, ...label }));
  write(3, note("tiller", content), note("kubectl-label", label));
  // Each creation has a unique manager name; later writes are by the same program.
  write(1, note("skeg", content), note("skeg-1a2b-3", label));
  deepEqual((await asking.heads?.({}))?.map(({ key, certain }) => [key, certain]), [
    ["web.v1", true],
    ["web.v2", true],
    ["web.v3", false],
  ]);
  deepEqual(wanted, [true]);
});

Deno.test("heads() brings the objects of another owner in the same list", async () => {
  for (const anyOwner of [false, true]) {
    const { driver, objects, calls } = setUp();
    await driver.create(someRelease());
    const labels = { NAME: "web", OWNER: "SKEG", STATE: "migrated" };
    objects.set(`${ROOT}/skeg-migration.web`, { metadata: { name: "skeg-migration.web", labels } });
    objects.set(`${ROOT}/other`, { metadata: { name: "other", labels: { OWNER: "OTHER" } } });
    calls.length = 0;
    const besides: (string | undefined)[] = [];
    const heads = await driver.heads?.({}, {
      anyOwner,
      besides: { owner: "SKEG", visit: ({ name }) => besides.push(name) },
    });
    deepEqual([heads?.map(({ key }) => key), besides], [["web.v1"], ["skeg-migration.web"]]);
    equal(calls.length, 1);
  }
});

Deno.test("heads() of any owner gives every object that is called as a record is, with its labels", async () => {
  const { driver, objects, calls } = setUp();
  for (const revision of [1, 2, 3]) await driver.create(someRelease({ revision }));
  const labelsOf = (key: string): Record<string, string> => objects.get(`${ROOT}/${key}`)?.metadata?.labels ?? {};
  delete labelsOf("web.v1").OWNER;
  labelsOf("web.v2").STATUS = "deployed";
  objects.set(`${ROOT}/settings`, { metadata: { name: "settings" } });
  objects.set(`${ROOT}/sh.helm.release.v1.web.v1`, { metadata: { name: "sh.helm.release.v1.web.v1" } });
  calls.length = 0;
  const told: string[] = [];
  const heads = await driver.heads?.({}, { anyOwner: true, onHead: ({ key }) => told.push(key) });
  deepEqual(heads?.map(({ key, status, certain, labels }) => [key, status, certain, labels?.OWNER]), [
    ["web.v1", "DEPLOYED", true, undefined],
    ["web.v2", "", false, "TILLER"],
    ["web.v3", "DEPLOYED", true, "TILLER"],
  ]);
  deepEqual([told, calls], [["web.v2", "web.v3"], [`GET ${ROOT}?limit=500`]]);
  deepEqual((await driver.heads?.({}))?.map(({ key, labels }) => [key, labels]), [
    ["web.v2", undefined],
    ["web.v3", undefined],
  ]);
});

Deno.test("fetch() leaves out what is broken, tells of it, and guards nothing", async () => {
  const broken: string[] = [];
  const { driver, objects, calls } = setUp({ onBroken: (key) => broken.push(key) });
  for (const revision of [1, 2]) await driver.create(someRelease({ revision }));
  Object.assign(objects.get(`${ROOT}/web.v1`) ?? {}, { data: {} });
  deepEqual((await driver.fetch?.(["web.v1", "web.v2"]))?.map(({ revision }) => revision), [2]);
  deepEqual(broken, ["web.v1"]);
  equal(calls.filter((call) => call.startsWith("GET")).length, 2);
});

Deno.test("fetch() tells the key of each record, and is quiet of what is none when that is asked for", async () => {
  const broken: string[] = [];
  const { driver, objects } = setUp({ onBroken: (key) => broken.push(key) });
  await driver.create(someRelease());
  objects.set(`${ROOT}/copy.v4`, { ...objects.get(`${ROOT}/web.v1`), metadata: { name: "copy.v4" } });
  objects.set(`${ROOT}/settings.v2`, { kind: "ConfigMap", metadata: { name: "settings.v2" } });
  const told: string[] = [];
  const onRecord = (key: string, { name }: { name: string }): void => void told.push(`${key}: ${name}`);
  const keys = ["copy.v4", "settings.v2", "web.v1"];
  await driver.fetch?.(keys, { onRecord, quiet: true });
  deepEqual([told.sort(), broken], [["copy.v4: web", "web.v1: web"], []]);
  await driver.fetch?.(keys);
  deepEqual(broken, ["settings.v2"]);
});

Deno.test("raw gives whole objects, and replaces one only if it is as it was read", async () => {
  const { driver, objects, answers } = setUp();
  const { raw } = driver;
  if (raw === undefined) throw new Error("records are objects of a cluster");
  await driver.create(someRelease());
  await driver.create(someRelease({ name: "shop" }));
  Object.assign(objects.get(`${ROOT}/web.v1`)?.metadata ?? {}, { uid: "u", annotations: { note: "kept" } });
  // Like in lists of a real server, items have no kind.
  for (const field of ["apiVersion", "kind"]) delete objects.get(`${ROOT}/web.v1`)?.[field];
  const [object, ...more] = await raw.list({ name: "web" });
  if (object === undefined) throw new Error("there is one");
  deepEqual([raw.kind, raw.namespace, more], ["ConfigMap", "kube-system", []]);
  deepEqual([object.apiVersion, object.kind, object.metadata?.uid], ["v1", "ConfigMap", "u"]);
  deepEqual(await raw.list({ name: "none" }), []);
  equal(await raw.get("none.v1"), undefined);

  const changed = raw.withRelease(object, { ...await raw.decode(object), manifest: "new" });
  deepEqual({ ...changed, data: {} }, { ...object, data: {} });
  const stored = await raw.replace(changed);
  equal((await raw.decode(stored)).manifest, "new");
  deepEqual(objects.get(`${ROOT}/web.v1`)?.metadata?.labels, object.metadata?.labels);
  await rejects(raw.replace({ ...changed, data: { release: "other" } }), { kind: "conflict" });
  // The stored object was written by an earlier copy of the same request.
  deepEqual(await raw.replace(changed), stored);
  await rejects(raw.replace({ ...stored, metadata: { ...stored.metadata, name: "gone.v1" } }), { kind: "not-found" });

  // A lost request that changes labels only: the labels show that it did not arrive.
  const relabelled = {
    ...stored,
    metadata: { ...stored.metadata, labels: { ...stored.metadata?.labels, STATUS: "FAILED" } },
  };
  answers.push({ status: 503, body: {} });
  equal((await raw.replace(relabelled)).metadata?.labels?.STATUS, "FAILED");
  equal(objects.get(`${ROOT}/web.v1`)?.metadata?.labels?.STATUS, "FAILED");
});
