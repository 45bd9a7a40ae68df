import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { KubeError, SkegError } from "../../errors.ts";
import { type ClusterPlace, driverAt } from "../../storage/mod.ts";
import { configMap, someChart, testEnvironment } from "../../tests/_lib/environment.ts";
import { fakeObjects } from "../../tests/_lib/fake_objects.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import type { Transport } from "../kube/mod.ts";
import { elsewhereLines } from "./_elsewhere_words.ts";
import type { Environment, ReleaseEvent } from "./environment.ts";
import { getRelease, history, install, list, rollback, runTests, status, uninstall, upgrade } from "./operations.ts";
import { ReleaseError } from "./release_error.ts";

const CHART = someChart({ "a.yaml": configMap("a") });

interface Stage {
  readonly env: Environment;
  readonly fake: ReturnType<typeof fakeObjects>;
  readonly events: ReleaseEvent[];
  readonly objects: Map<string, string>;
  /** An environment on the same cluster with another place of records. */
  readonly at: (storage: ClusterPlace["storage"], namespace: string) => Environment;
}

/** Records as ConfigMaps of `kube-system`, in a cluster without Tillers unless given. */
function stage(tillers: readonly unknown[] = []): Stage {
  const fake = fakeObjects();
  const { env, events, kube } = testEnvironment();
  const transport: Transport = () => Promise.resolve(Response.json({ items: tillers }));
  const cluster = { ...env.kube.cluster, namespace: "default", transport };
  const at: Stage["at"] = (storage, namespace) => ({
    ...env,
    kube: { ...env.kube, cluster },
    driver: driverAt({ storage, namespace, call: fake.call }),
  });
  return { env: at("configmap", "kube-system"), fake, events, objects: kube.objects, at };
}

type Place = [storage: ClusterPlace["storage"], namespace: string];

const OTHER_PLACES: readonly Place[] = [["secret", "kube-system"], ["configmap", "team"], ["secret", "team"]];

const OPERATIONS: Readonly<Record<string, (env: Environment) => Promise<unknown>>> = {
  getRelease: (env) => getRelease(env, { name: "web" }),
  status: (env) => status(env, { name: "web" }),
  "status of a revision": (env) => status(env, { name: "web", revision: 1 }),
  history: (env) => history(env, { name: "web" }),
  upgrade: (env) => upgrade(env, { name: "web", chart: CHART }),
  "upgrade with force": (env) => upgrade(env, { name: "web", chart: CHART, force: true }),
  rollback: (env) => rollback(env, { name: "web", revision: 1 }),
  uninstall: (env) => uninstall(env, { name: "web", purge: true }),
  runTests: (env) => runTests(env, { name: "web" }),
};

for (const [name, operation] of Object.entries(OPERATIONS)) {
  Deno.test(`${name} that finds no release says in which other places one is`, async () => {
    for (const asked of OTHER_PLACES) {
      const { env, at } = stage();
      await env.driver.create(someRelease());
      const error = await operation(at(...asked)).then(() => undefined, (error) => error);
      ok(error instanceof SkegError);
      equal(error.kind, "not-found");
      const records = [{ storage: "configmap", namespace: "kube-system", key: "web.v1", labelled: true }];
      deepEqual(error.elsewhere, { records, tillers: [] });
      const flags = [
        ...asked[0] === "secret" ? ["--storage configmap"] : [],
        ...asked[1] === "team" ? ["--tiller-namespace kube-system"] : [],
      ];
      equal(
        error.details,
        `Records of release "web" are ConfigMaps of namespace "kube-system": use ${flags.join(" ")}.`,
      );
    }
  });

  Deno.test(`${name} says nothing of other places when it may not look, or shall not`, async () => {
    const { env, at, fake } = stage();
    await env.driver.create(someRelease());
    const place = at("secret", "team");
    const silent = { kind: "not-found", details: undefined, elsewhere: undefined };
    fake.calls.length = 0;
    await rejects(operation({ ...place, lookElsewhere: false }), silent);
    equal(fake.calls.some((call) => call.startsWith("GET /api/v1/configmaps")), false);
    for (const path of ["configmaps", "secrets", "namespaces/team/configmaps"]) fake.forbidden.add(`/api/v1/${path}`);
    await rejects(operation(place), silent);
    await rejects(operation(testEnvironment().env), silent);
  });
}

Deno.test("an object that is not there is no reason to look for records", async () => {
  const { env, fake } = stage();
  await env.driver.create(someRelease());
  fake.calls.length = 0;
  const table = () => Promise.reject(new KubeError('pods "x" not found', 404, "NotFound", { kind: "not-found" }));
  await rejects(status({ ...env, kube: { ...env.kube, table } }, { name: "web" }), { kind: "not-found" });
  equal(fake.calls.filter((call) => call.includes("/secrets")).length, 0);
});

Deno.test("install() refuses a name that the other kind of storage has, before anything is created", async () => {
  for (const storage of ["configmap", "secret"] as const) {
    const { at, objects, fake } = stage();
    const real = at(storage, "kube-system");
    const other = at(storage === "secret" ? "configmap" : "secret", "kube-system");
    await install(real, { chart: CHART, name: "web", namespace: "default" });
    objects.clear();
    const before = [...fake.objects.keys()];
    for (const more of [{}, { dryRun: true }, { reuseName: true }]) {
      await rejects(install(other, { chart: CHART, name: "web", namespace: "elsewhere", ...more }), (error) => {
        ok(error instanceof SkegError && !(error instanceof ReleaseError));
        deepEqual([error.kind, error.elsewhere?.records.map(({ key }) => key)], ["exists", ["web.v1"]]);
        match(error.message, /^a release named web already exists: its records are (Secret|ConfigMap)s of namespace/);
        match(error.details ?? "", new RegExp(`--storage ${storage} `));
        return true;
      });
    }
    deepEqual([...objects.keys()], []);
    deepEqual([...fake.objects.keys()], before);
    await install(other, { chart: CHART, name: "api", namespace: "default" });
  }
});

Deno.test("install() of a new name asks the other storage once, and not when that was done", async () => {
  const { env, fake } = stage();
  const looks = () => fake.calls.filter((call) => call.includes("/secrets")).map(decodeURIComponent);
  await install(env, { chart: CHART, name: "web", namespace: "default" });
  deepEqual(looks(), ["GET /api/v1/namespaces/kube-system/secrets?labelSelector=NAME=web,OWNER=TILLER&limit=1"]);
  fake.calls.length = 0;
  await install(env, { chart: someChart({ "b.yaml": configMap("b") }), name: "api", namespace: "x", nameIsFree: true });
  await install(env, { chart: someChart({ "c.yaml": configMap("c") }), namespace: "x" });
  deepEqual(looks(), []);
});

Deno.test("install() goes on when the other storage may not be listed, and stops when it cannot be", async () => {
  const { env, fake } = stage();
  const secrets = "/api/v1/namespaces/kube-system/secrets";
  fake.forbidden.add(secrets);
  await install(env, { chart: CHART, name: "web", namespace: "default" });
  const call: ClusterPlace["call"] = async (method, path, body, options) =>
    path.startsWith(secrets) ? { status: 500, body: {} } : await fake.call(method, path, body, options);
  const driver = driverAt({ storage: "configmap", namespace: "kube-system", call });
  await rejects(install({ ...env, driver }, { chart: CHART, name: "api", namespace: "default" }), { status: 500 });
});

Deno.test("install() that meets the objects of a release in another namespace says so, and stays a ReleaseError", async () => {
  const { env, at } = stage();
  await install(at("configmap", "team"), { chart: CHART, name: "web", namespace: "default" });
  await rejects(install(env, { chart: CHART, name: "web", namespace: "default" }), (error) => {
    ok(error instanceof ReleaseError);
    deepEqual([error.kind, error.recorded, error.release?.info.status.code], ["exists", true, "FAILED"]);
    match(error.message, /^release web failed: .*"a" already exists$/);
    match(
      error.details ?? "",
      /^Records of release "web" are also ConfigMaps of namespace "team": .*-namespace team\.$/,
    );
    return true;
  });
});

for (const asked of OTHER_PLACES) {
  Deno.test(`uninstall() of a release that never was deployed leaves what a ${asked.join(" in ")} owns`, async () => {
    const { env, at, objects, events } = stage();
    await install(at(...asked), { chart: CHART, name: "web", namespace: "default" });
    const manifest = "kind: ConfigMap\nmetadata: {name: a}\n---\nkind: ConfigMap\nmetadata: {name: b}\n";
    objects.set("ConfigMap/default/b", "");
    await env.driver.create(someRelease({ status: "FAILED", manifest }));
    await uninstall(env, { name: "web", purge: true });
    deepEqual([...objects.keys()], ["ConfigMap/default/a"]);
    const warnings = events.filter(({ type }) => type === "warning").map((event) => "text" in event ? event.text : "");
    equal(warnings.length, 1);
    match(warnings[0] ?? "", /^release "web" is also recorded as .* the objects of that release are left alone$/);
    equal((await getRelease(at(...asked), { name: "web" })).info.status.code, "DEPLOYED");
  });
}

Deno.test("uninstall() deletes all when a release of the same name elsewhere has other objects", async () => {
  const { env, at, objects, events } = stage();
  await install(at("secret", "team"), { chart: CHART, name: "web", namespace: "theirs" });
  objects.set("ConfigMap/ours/a", "");
  const manifest = "kind: ConfigMap\nmetadata: {name: a}\n";
  await env.driver.create(someRelease({ status: "FAILED", namespace: "ours", manifest }));
  await uninstall(env, { name: "web", purge: true });
  deepEqual([[...objects.keys()], events.filter(({ type }) => type === "warning")], [["ConfigMap/theirs/a"], []]);
});

Deno.test("uninstall() of a release that is or was deployed looks nowhere else", async () => {
  const { env, fake } = stage();
  await install(env, { chart: CHART, name: "web", namespace: "default" });
  const looks = () => fake.calls.filter((call) => call.includes("/secrets"));
  fake.calls.length = 0;
  await uninstall(env, { name: "web" });
  await uninstall(env, { name: "web", purge: true });
  deepEqual(looks(), []);
});

Deno.test("a release that is here and was never deployed is not to be purged when the other storage has it", async () => {
  const { env, at, objects } = stage();
  await env.driver.create(someRelease({ status: "FAILED" }));
  await rejects(upgrade(env, { name: "web", chart: CHART }), { details: /delete --purge web/, elsewhere: undefined });
  await at("secret", "kube-system").driver.create(someRelease());
  objects.set("ConfigMap/default/a", "");
  await rejects(upgrade(env, { name: "web", chart: CHART }), {
    message: '"web" has no deployed releases',
    hint: undefined,
    details: 'Records of release "web" are also Secrets of namespace "kube-system": use --storage secret.',
  });
  // `force` deletes first.
  await rejects(upgrade(env, { name: "web", chart: CHART, force: true }), { kind: "exists" });
  deepEqual([...objects.keys()], ["ConfigMap/default/a"]);
});

Deno.test("list() of a place without records says where there are some, and of one with records nothing", async () => {
  const { env, at } = stage();
  deepEqual(await list(env), { releases: [], next: "", total: 0 });
  await at("secret", "kube-system").driver.create(someRelease());
  const { elsewhere, details, releases } = await list(env);
  deepEqual([releases, elsewhere?.records.length], [[], 1]);
  equal(details, 'Release records, such as web.v1, are Secrets of namespace "kube-system": use --storage secret.');
  equal(
    (await list(at("configmap", "team"))).details?.includes("--storage secret --tiller-namespace kube-system"),
    true,
  );
  equal((await list({ ...env, lookElsewhere: false })).details, undefined);
  await env.driver.create(someRelease({ name: "api" }));
  equal((await list(env)).elsewhere, undefined);
  equal((await list(env, { statuses: ["FAILED"] })).elsewhere, undefined);
});

Deno.test("list() of a name that is not here looks for that name in the other storage", async () => {
  const { env, at, fake } = stage();
  await env.driver.create(someRelease({ name: "api" }));
  await at("secret", "kube-system").driver.create(someRelease());
  const details = async (pattern: RegExp) => (await list(env, { matches: (name) => pattern.test(name) })).details;
  match(await details(/^web$/) ?? "", /use --storage secret\.$/);
  equal(await details(/^shop$/), undefined);
  fake.calls.length = 0;
  equal(await details(/^api$/), undefined);
  equal(fake.calls.some((call) => call.includes("/secrets")), false);
});

Deno.test("Tillers that were started in another way are told of, with the flags that do the same", async () => {
  const tiller = (namespace: string, ...args: string[]) => ({
    metadata: { namespace },
    spec: { template: { spec: { containers: [{ name: "tiller", args }] } } },
  });
  const told = async (env: Partial<Environment>, ...tillers: unknown[]) =>
    (await list({ ...stage(tillers).env, ...env })).details;
  equal(await told({}, tiller("kube-system")), undefined);
  equal(
    await told({}, tiller("kube-system", "--storage=secret", "--history-max=10")),
    'A Tiller belongs to namespace "kube-system", started with --storage=secret and --history-max=10: ' +
      "use --storage secret --history-max 10.",
  );
  equal(
    await told({}, tiller("a"), tiller("b", "--history-max=3")),
    'A Tiller belongs to namespace "a": use --tiller-namespace a.\n' +
      'A Tiller belongs to namespace "b", started with --history-max=3: use --tiller-namespace b --history-max 3.',
  );
  equal(await told({}, tiller("kube-system"), tiller("other", "--storage=secret")), undefined);
  equal(await told({ historyMax: 5 }, tiller("kube-system", "--history-max=10")), undefined);
  equal(
    await told({}, tiller("kube-system", "--storage=sql")),
    'A Tiller belongs to namespace "kube-system", started with --storage=sql; its records are in a database: ' +
      "use --storage sql and set $SKEG_SQL_CONNECTION_STRING.",
  );
  const { env } = stage([tiller("team", "--storage=secret", "--history-max=7")]);
  await rejects(getRelease(env, { name: "web" }), {
    details: 'A Tiller belongs to namespace "team", started with --storage=secret and --history-max=7: ' +
      "use --storage secret --tiller-namespace team --history-max 7.",
    elsewhere: { records: [], tillers: [{ namespace: "team", storage: "secret", historyMax: 7 }] },
  });
});

Deno.test("elsewhereLines() of many places names five, and counts the rest", () => {
  const tillers = Array.from(
    { length: 8 },
    (_, index) => ({ namespace: `t${index}`, storage: "secret", historyMax: 0 }),
  );
  const records = tillers.map(({ namespace }) =>
    ({ storage: "configmap", namespace, key: "web.v1", labelled: true }) as const
  );
  const lines = elsewhereLines({ records, tillers }, { storage: "configmap", namespace: "x", historyMax: 0 });
  equal(lines.length, 12);
  deepEqual([lines[5], lines[11]], ["3 other places have such records.", "3 other Tillers are in this cluster."]);
});

Deno.test("elsewhereLines() names a place once, also when a Tiller keeps its records there", () => {
  const records = [{ storage: "secret", namespace: "kube-system", key: "web.v1", labelled: true }] as const;
  const asked = { storage: "configmap", namespace: "kube-system", historyMax: 0, name: "web" } as const;
  const lines = (historyMax: number) =>
    elsewhereLines({ records, tillers: [{ namespace: "kube-system", storage: "secret", historyMax }] }, asked);
  const first = 'Records of release "web" are Secrets of namespace "kube-system": use --storage secret.';
  deepEqual(lines(0), [first]);
  deepEqual(lines(10), [
    first,
    'A Tiller belongs to namespace "kube-system", started with --storage=secret and --history-max=10: ' +
    "use --history-max 10.",
  ]);
});
