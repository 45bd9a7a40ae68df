import { deepEqual, equal, rejects } from "node:assert/strict";
import { type TestEnvironment, testEnvironment } from "../../tests/_lib/environment.ts";
import { fakeObjects } from "../../tests/_lib/fake_objects.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import type { StatusCode } from "../model/mod.ts";
import { SkegError } from "../../errors.ts";
import { driverAt } from "../../storage/mod.ts";
import { history } from "./history.ts";
import { list, type ListOptions } from "./list.ts";
import { getRelease, status } from "./status.ts";
import { waitForRelease } from "./wait.ts";

function withReleases(...releases: ReturnType<typeof someRelease>[]): TestEnvironment {
  const made = testEnvironment();
  for (const release of releases) made.store.set(`${release.name}.v${release.revision}`, release);
  return made;
}

Deno.test("status() adds the table of objects", async () => {
  const { env } = withReleases(someRelease());
  const { name, namespace, info } = await status(env, { name: "web" });
  deepEqual([name, namespace, info.status.resources], ["web", "default", "==> v1/ConfigMap/default/a\n"]);
});

Deno.test("status() of FAILED and DELETED has no table, unless it is asked for", async () => {
  for (const code of ["FAILED", "DELETED"] as StatusCode[]) {
    const { env } = withReleases(someRelease({ status: code }));
    equal((await status(env, { name: "web" })).info.status.resources, "");
    const shown = await status(env, { name: "web", showAllResources: true });
    equal(shown.info.status.resources, "==> v1/ConfigMap/default/a\n");
  }
});

Deno.test("status() passes on what is wrong with the objects, but not of FAILED ones", async () => {
  const { env, events } = withReleases(
    someRelease({ revision: 2, manifest: "" }),
    someRelease({ name: "old", revision: 2, status: "FAILED", manifest: "" }),
  );
  await rejects(status(env, { name: "web" }), { message: "no objects visited" });
  equal((await status(env, { name: "old", showAllResources: true })).info.status.resources, "");
  deepEqual(events, [{ type: "warning", text: "the resources of old could not be read: no objects visited" }]);
});

Deno.test("status() takes no objects for an error only where Tiller could have recorded that", async () => {
  const { env } = withReleases(
    someRelease({ manifest: "" }),
    someRelease({ name: "later", revision: 2, manifest: "" }),
  );
  equal((await status(env, { name: "web" })).info.status.resources, "");
  await rejects(status(env, { name: "later" }), { message: "no objects visited" });
  equal((await status(env, { name: "later", allowEmpty: true })).info.status.resources, "");
});

Deno.test("status() says what is not there, in Tiller's words", async () => {
  const { env } = withReleases(someRelease({ chart: undefined }));
  await rejects(status(env, { name: "no" }), {
    kind: "not-found",
    message: 'getting deployed release "no": release: "no" not found',
  });
  await rejects(status(env, { name: "web", revision: 4 }), {
    kind: "not-found",
    message: `getting release 'web' (v4): release: "web.v4" not found`,
  });
  const hinted = new SkegError("kube", "cannot reach the API server", { hint: "Check that the cluster is running." });
  const down = { ...env, driver: new Proxy(env.driver, { get: () => () => Promise.reject(hinted) }) };
  await rejects(status(down, { name: "web" }), { kind: "kube", hint: hinted.hint });
  await rejects(status(env, { name: "web" }), { kind: "record", message: "release chart is missing" });
  await rejects(status(env, { name: "no good" }), { message: /^invalid release name/ });
});

Deno.test("waitForRelease() refuses a release that is deleted, and says how to bring it back", async () => {
  const { env } = withReleases(someRelease({ revision: 3, status: "DELETED" }));
  await rejects(waitForRelease(env, { name: "web" }), {
    kind: "release",
    message: 'release "web" (revision 3) is deleted: there is nothing to wait for',
    hint: /'skeg rollback web 3'/,
  });
});

Deno.test("getRelease() gives the newest revision, or the one asked for", async () => {
  const { env } = withReleases(someRelease({ revision: 2 }), someRelease({ revision: 1, status: "SUPERSEDED" }));
  equal((await getRelease(env, { name: "web" })).revision, 2);
  equal((await getRelease(env, { name: "web", revision: 1 })).revision, 1);
  await rejects(getRelease(env, { name: "web", revision: 3 }), { message: 'release: "web.v3" not found' });
  await rejects(getRelease(env, { name: "no" }), { message: 'release: "no" not found' });
});

Deno.test("history() is newest first, and ends at the limit", async () => {
  const { env } = withReleases(...[1, 2, 3].map((revision) => someRelease({ revision })));
  const revisions = async (max?: number): Promise<number[]> =>
    (await history(env, { name: "web", max })).map((release) => release.revision);
  deepEqual(await revisions(), [3, 2, 1]);
  deepEqual(await revisions(2), [3, 2]);
  deepEqual(await revisions(9), [3, 2, 1]);
  deepEqual(await revisions(0), []);
  deepEqual(await revisions(-1), []);
  await rejects(history(env, { name: "no" }), { kind: "not-found", message: 'release: "no" not found' });
});

/** Four revisions of three releases. */
const MANY = withReleases(
  sketch("beta", 1, "SUPERSEDED", "blue", 50, "zulu"),
  sketch("beta", 2, "DEPLOYED", "blue", 90, "zulu"),
  sketch("alpha", 1, "DEPLOYED", "green", 70, "yoke"),
  sketch("gamma", 3, "FAILED", "blue", 80, "xray"),
);

function sketch(
  name: string,
  revision: number,
  status: StatusCode,
  namespace: string,
  seconds: number,
  chart: string,
): ReturnType<typeof someRelease> {
  return someRelease({
    name,
    revision,
    status,
    namespace,
    info: { lastDeployed: { seconds, nanos: 0 } },
    chart: { metadata: { name: chart }, templates: [], dependencies: [], files: [] },
  });
}

const ALL: StatusCode[] = ["DEPLOYED", "SUPERSEDED", "FAILED"];

async function listed(options: ListOptions): Promise<string> {
  const { releases, next, total } = await list(MANY.env, options);
  const names = releases.map((release) => `${release.name}.${release.revision}`).join(" ");
  return `${names} of ${total}${next === "" ? "" : `, next ${next}`}`;
}

Deno.test("list() gives DEPLOYED ones unless told otherwise", async () => {
  equal(await listed({ sortBy: "name" }), "alpha.1 beta.2 of 2");
  equal(await listed({ sortBy: "name", statuses: ["FAILED"] }), "gamma.3 of 1");
});

Deno.test("list() sorts by name, time and chart, both ways", async () => {
  equal(await listed({ statuses: ALL, sortBy: "name" }), "alpha.1 beta.1 beta.2 gamma.3 of 4");
  equal(await listed({ statuses: ALL, sortBy: "date" }), "beta.1 alpha.1 gamma.3 beta.2 of 4");
  equal(await listed({ statuses: ALL, sortBy: "chart" }), "gamma.3 alpha.1 beta.1 beta.2 of 4");
  equal(await listed({ statuses: ALL, sortBy: "date", descending: true }), "beta.2 gamma.3 alpha.1 beta.1 of 4");
});

Deno.test("list() filters by namespace and name", async () => {
  equal(await listed({ statuses: ALL, sortBy: "name", namespace: "blue" }), "beta.1 beta.2 gamma.3 of 3");
  equal(await listed({ statuses: ALL, sortBy: "name", matches: (name) => name.includes("mm") }), "gamma.3 of 1");
});

Deno.test("list() pages: total counts all, next names the first left out", async () => {
  equal(await listed({ statuses: ALL, sortBy: "name", limit: 2 }), "alpha.1 beta.1 of 4, next beta");
  equal(await listed({ statuses: ALL, sortBy: "name", offset: "beta" }), "beta.2 gamma.3 of 4");
  equal(await listed({ statuses: ALL, sortBy: "name", offset: "alpha", limit: 1 }), "alpha.1 of 4, next beta");
  await rejects(listed({ offset: "nothing" }), { kind: "not-found", message: 'offset "nothing" not found' });
});

Deno.test("list() and history() read no record that they do not give", async () => {
  const read: string[] = [];
  const { env, store } = testEnvironment({
    driver: (plain) => ({
      ...plain,
      list: () => Promise.reject(new Error("all records at once")),
      query: () => Promise.reject(new Error("all records of a label at once")),
      fetch: (keys, options) => {
        read.push(...keys);
        return plain.fetch?.(keys, options) ?? Promise.resolve([]);
      },
    }),
  });
  for (let revision = 1; revision <= 5; revision++) {
    store.set(`web.v${revision}`, someRelease({ revision, status: revision === 5 ? "DEPLOYED" : "SUPERSEDED" }));
    store.set(`api${revision}.v1`, someRelease({ name: `api${revision}`, revision: 1 }));
  }
  const { releases, next, total } = await list(env, { sortBy: "name", limit: 2 });
  deepEqual([releases.length, next, total], [2, "api3", 6]);
  deepEqual(read.splice(0), ["api1.v1", "api2.v1"]);
  equal((await history(env, { name: "web", max: 2 })).length, 2);
  deepEqual(read, ["web.v5", "web.v4"]);
});

Deno.test("list() and history() give outlines: what they show, and nothing else of a record", async () => {
  const whole = someRelease({ name: "web" });
  const { env } = withReleases(whole);
  const outlines = [
    ...(await list(env, { sortBy: "name", outlines: true })).releases,
    ...(await list(env, { sortBy: "date", outlines: true })).releases,
    ...await history(env, { name: "web", outlines: true }),
  ];
  equal(outlines.length, 3);
  for (const outlined of outlines) {
    deepEqual([outlined.name, outlined.revision, outlined.namespace], ["web", whole.revision, whole.namespace]);
    deepEqual(outlined.info.lastDeployed, whole.info.lastDeployed);
    deepEqual(outlined.chart?.metadata, whole.chart?.metadata);
    deepEqual([outlined.manifest, outlined.hooks, outlined.config], ["", [], undefined]);
    deepEqual([outlined.chart?.templates, outlined.chart?.files, outlined.chart?.dependencies], [[], [], []]);
  }
  deepEqual((await list(env)).releases, [whole]);
  deepEqual(await history(env, { name: "web" }), [whole]);
});

Deno.test("list() goes by the record where the label is doubtful", async () => {
  const { env, store } = testEnvironment({
    driver: (plain) => ({
      ...plain,
      heads: async (labels, options) =>
        (await plain.heads?.(labels, options) ?? []).map((head) =>
          head.name === "web" ? { ...head, status: "SUPERSEDED" as const, certain: false } : head
        ),
    }),
  });
  store.set("web.v1", someRelease());
  store.set("api.v1", someRelease({ name: "api", status: "FAILED" }));
  const names = async (statuses: StatusCode[]): Promise<string[]> =>
    (await list(env, { statuses, sortBy: "name" })).releases.map(({ name }) => name);
  deepEqual(await names(["DEPLOYED"]), ["web"]);
  deepEqual(await names(["SUPERSEDED"]), []);
  deepEqual(await names(["DEPLOYED", "FAILED"]), ["api", "web"]);
});

/** Records as ConfigMaps; `change` is given their labels by key. */
async function mislabelled(
  change: (labels: (key: string) => Record<string, string>) => void,
  options: ListOptions = {},
): Promise<[string[], string[] | undefined]> {
  const { call, objects } = fakeObjects();
  const driver = driverAt({ storage: "configmap", namespace: "x", call });
  for (const [revision, status] of [[1, "SUPERSEDED"], [2, "DEPLOYED"], [3, "FAILED"]] as const) {
    await driver.create(someRelease({ revision, status }));
  }
  change((key) => objects.get(`/api/v1/namespaces/x/configmaps/${key}`)?.metadata?.labels ?? {});
  const result = await list({ ...testEnvironment().env, driver }, { sortBy: "name", ...options });
  return [
    result.releases.map(({ revision, info }) => `${revision} ${info.status.code}`),
    result.mislabelled?.map(({ key, differences }) =>
      `${key}: ${differences.map(({ label, found, expected }) => `${label} ${found}, not ${expected}`).join("; ")}`
    ),
  ];
}

Deno.test("list() finds a record whose label STATUS is missing or unknown by its content", async () => {
  const remove = (labels: (key: string) => Record<string, string>): void => void delete labels("web.v2").STATUS;
  deepEqual(await mislabelled(remove), [["2 DEPLOYED"], undefined]);
  deepEqual(await mislabelled((labels) => labels("web.v2").STATUS = "deployed"), [["2 DEPLOYED"], undefined]);
});

Deno.test("list() with checkLabels says nothing of healthy records, whatever the order and the page", async () => {
  for (const more of [{}, { sortBy: "date" }, { limit: 1 }, { descending: true }, { namespace: "default" }] as const) {
    const options = { statuses: ALL, ...more };
    const [shown] = await mislabelled(() => {}, options);
    deepEqual(await mislabelled(() => {}, { ...options, checkLabels: true }), [shown, []]);
  }
});

Deno.test("list() with checkLabels shows what the label or the content says, and what of them differs", async () => {
  const checked = (change: Parameters<typeof mislabelled>[0], statuses: StatusCode[]) =>
    mislabelled(change, { statuses, checkLabels: true });
  deepEqual(
    await checked((labels) => labels("web.v1").STATUS = "DEPLOYED", ["DEPLOYED"]),
    [["1 SUPERSEDED", "2 DEPLOYED"], ["web.v1: STATUS DEPLOYED, not SUPERSEDED"]],
  );
  deepEqual(
    await checked((labels) => labels("web.v3").STATUS = "SUPERSEDED", ["FAILED"]),
    [["3 FAILED"], ["web.v3: STATUS SUPERSEDED, not FAILED"]],
  );
  deepEqual(
    await checked((labels) => labels("web.v2").VERSION = "9", ["FAILED"]),
    [["3 FAILED"], ["web.v2: VERSION 9, not 2"]],
  );
  deepEqual(
    await checked((labels) => delete labels("web.v2").OWNER, ["DEPLOYED"]),
    [["2 DEPLOYED"], ["web.v2: OWNER undefined, not TILLER"]],
  );
});
