import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { KubeError } from "../../errors.ts";
import { configMap, hookJob, someChart, testEnvironment } from "../../tests/_lib/environment.ts";
import { someCapabilities } from "../../tests/_lib/fake_kube.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import { install } from "./install.ts";
import { ReleaseError } from "./release_error.ts";

const PLAIN = someChart({ "a.yaml": configMap("a") });
const HOOKED = someChart({
  "a.yaml": configMap("a"),
  "pre.yaml": hookJob("pre", "pre-install"),
  "post.yaml": hookJob("post", "post-install"),
});

Deno.test("install() creates objects, and records DEPLOYED", async () => {
  const { env, kube, recorded, record } = testEnvironment();
  const { release } = await install(env, { chart: PLAIN, name: "web", namespace: "blue", config: "x: 1\n" });
  deepEqual([...kube.objects.keys()], ["ConfigMap/blue/a"]);
  deepEqual(recorded("web"), ["DEPLOYED Install complete"]);
  deepEqual(record("web.v1"), release);
  equal(release.revision, 1);
  equal(release.config?.raw, "x: 1\n");
  deepEqual(release.info.firstDeployed, release.info.lastDeployed);
  match(release.manifest, /^\n---\n# Source: site\/templates\/a\.yaml\napiVersion: v1\n/);
});

Deno.test("install() without values records exactly {} and a line break", async () => {
  const { env } = testEnvironment();
  equal((await install(env, { chart: PLAIN, name: "web", namespace: "blue" })).release.config?.raw, "{}\n");
});

Deno.test("install() writes PENDING_INSTALL before it creates objects", async () => {
  const { env, kube, recorded } = testEnvironment();
  let before: string[] = [];
  kube.failures.set("create ConfigMap/blue/a", () => {
    before = recorded("web");
  });
  await install(env, { chart: PLAIN, name: "web", namespace: "blue" });
  deepEqual(before, ["PENDING_INSTALL Initial install underway"]);
});

Deno.test("install() takes the description that is asked for", async () => {
  const { env, recorded } = testEnvironment();
  await install(env, { chart: PLAIN, name: "web", namespace: "blue", description: "first try" });
  deepEqual(recorded("web"), ["DEPLOYED first try"]);
});

Deno.test("install() makes up a name, and another when it is taken", async () => {
  const { env, store } = testEnvironment();
  const first = (await install(env, { chart: PLAIN, namespace: "blue" })).release.name;
  match(first, /^[a-z]+-[a-z]+$/);
  store.clear();
  store.set(`${first}.v1`, someRelease({ name: first }));
  await rejects(install(env, { chart: PLAIN, namespace: "blue" }), { message: "no available release name found" });
  let next = 0;
  const varied = { ...env, random: () => (next++ < 2 ? 0 : 0.5) };
  ok(
    (await install(varied, { chart: someChart({ "b.yaml": configMap("b") }), namespace: "blue" })).release.name !==
      first,
  );
});

// Pins Q7.
Deno.test("install() refuses names in Helm's words", async () => {
  const { env } = testEnvironment();
  const refused = (name: string, message: string | RegExp): Promise<void> =>
    rejects(install(env, { chart: PLAIN, name, namespace: "blue" }), { kind: "usage", message });
  await refused("x".repeat(54), `release name "${"x".repeat(54)}" exceeds max length of 53`);
  await refused("Upper", /^release name Upper is invalid: a DNS-1123 subdomain must consist of lower case/);
  await refused("-dash", /regex used for validation is '\[a-z0-9\]\(\[-a-z0-9\]\*\[a-z0-9\]\)\?\(\\\.\[a-z0-9\]/);
  await refused("X".repeat(254), /invalid: must be no more than 253 characters;a DNS-1123/);
});

Deno.test("install() refuses a name that exists, and touches nothing", async () => {
  const { env, kube, store } = testEnvironment();
  store.set("web.v1", someRelease({ status: "DELETED" }));
  await rejects(install(env, { chart: HOOKED, name: "web", namespace: "blue" }), {
    kind: "exists",
    message: "a release named web already exists.\nRun: helm ls --all web; to check the status of the release\n" +
      "Or run: helm del --purge web; to delete it",
  });
  deepEqual(kube.calls, []);
});

// Pins Q8.
Deno.test("install() grants a name only when there is no record, not when storage fails", async () => {
  const { env } = testEnvironment({
    driver: (plain) => ({ ...plain, query: () => Promise.reject(new KubeError("forbidden", 403, "Forbidden")) }),
  });
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "blue" }), { kind: "kube", status: 403 });
});

Deno.test("install() in place of a deleted release supersedes it and goes on counting", async () => {
  const { env, kube, store, recorded, record } = testEnvironment();
  store.set("web.v7", someRelease({ revision: 7, status: "DELETED", info: { description: "Deletion complete" } }));
  const chart = someChart({ "a.yaml": configMap("x-{{ .Release.Revision }}-{{ .Release.IsInstall }}") });
  await install(env, { chart, name: "web", namespace: "default", reuseName: true });
  deepEqual(recorded("web"), ["SUPERSEDED Deletion complete", "DEPLOYED Install complete"]);
  deepEqual(kube.calls, ["create ConfigMap/default/x-1-true", "delete ConfigMap/default/a"]);
  equal(record("web.v8").info.firstDeployed?.seconds, 1_600_000_000);
});

Deno.test("install() in place of a release records why that failed", async () => {
  const { env, kube, store, recorded } = testEnvironment();
  store.set("web.v1", someRelease({ status: "FAILED", info: { description: "old" } }));
  kube.failures.set("create ConfigMap/default/b", "no room");
  const chart = someChart({ "b.yaml": configMap("b") });
  await rejects(install(env, { chart, name: "web", namespace: "default", reuseName: true }), { message: "no room" });
  deepEqual(recorded("web"), ["SUPERSEDED old", 'FAILED Release replace "web" failed: no room; nothing was changed']);
});

// Pins Q10.
Deno.test("install() does not take the name of a release in use, nor change its namespace", async () => {
  const { env, store } = testEnvironment();
  store.set("web.v1", someRelease());
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "default", reuseName: true }), {
    kind: "exists",
    message: "a release named web is in use, cannot re-use a name that is still in use",
  });
  store.set("web.v1", someRelease({ status: "DELETED" }));
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "other", reuseName: true }), { kind: "release" });
});

Deno.test("install() runs hooks around the creation", async () => {
  const { env, kube, record } = testEnvironment();
  await install(env, { chart: HOOKED, name: "web", namespace: "blue" });
  deepEqual(kube.calls, [
    "create Job/blue/pre",
    "watch Job/blue/pre",
    "create ConfigMap/blue/a",
    "create Job/blue/post",
    "watch Job/blue/post",
  ]);
  ok(record("web.v1").hooks.every((hook) => (hook.lastRun?.seconds ?? 0) > 1_600_000_000));
});

Deno.test("install() runs no hooks when told so", async () => {
  const { env, kube } = testEnvironment();
  await install(env, { chart: HOOKED, name: "web", namespace: "blue", disableHooks: true });
  deepEqual(kube.calls, ["create ConfigMap/blue/a"]);
});

Deno.test("install() waits for crd-install hooks to be established, before it validates", async () => {
  const { env, kube } = testEnvironment();
  const chart = someChart({ "crd.yaml": hookJob("crd", "crd-install"), "a.yaml": configMap("a") });
  await install(env, { chart, name: "web", namespace: "blue" });
  deepEqual(kube.calls, ["create Job/blue/crd", "establish Job/blue/crd", "create ConfigMap/blue/a"]);
  const again = testEnvironment();
  await install(again.env, { chart, name: "web", namespace: "blue", disableCrdHook: true });
  deepEqual(again.kube.calls, ["create ConfigMap/blue/a"]);
});

Deno.test("install() leaves no record when validation or a pre-install hook fails", async () => {
  const { env, kube, store } = testEnvironment();
  const unknown = someChart({ "a.yaml": "kind: Nothing\nmetadata: {name: a}" });
  await rejects(install(env, { chart: unknown, name: "web", namespace: "blue" }), {
    message: 'validation failed: unable to recognize "": no matches for kind "Nothing" in version "v1"',
  });
  kube.failures.set("watch Job/blue/pre", "Job failed: BackoffLimitExceeded");
  await rejects(install(env, { chart: HOOKED, name: "web", namespace: "blue" }), {
    message: "Job failed: BackoffLimitExceeded",
    recorded: false,
  });
  equal(store.size, 0);
});

Deno.test("install() records why creating failed, and says so", async () => {
  const { env, kube, recorded } = testEnvironment();
  kube.failures.set("create ConfigMap/blue/a", "no room");
  const failure = install(env, { chart: HOOKED, name: "web", namespace: "blue" });
  await rejects(failure, (error) => {
    ok(error instanceof ReleaseError);
    equal(error.message, "release web failed: no room");
    equal(error.kind, "kube");
    equal(error.recorded, true);
    equal(error.release?.info.status.code, "FAILED");
    return true;
  });
  deepEqual(recorded("web"), ['FAILED Release "web" failed: no room']);
});

Deno.test("install() records why a post-install hook failed", async () => {
  const { env, kube, recorded } = testEnvironment();
  kube.failures.set("watch Job/blue/post", "Job failed: x");
  await rejects(install(env, { chart: HOOKED, name: "web", namespace: "blue" }), { message: "Job failed: x" });
  deepEqual(recorded("web"), ['FAILED Release "web" failed post-install: Job failed: x']);
});

Deno.test("install() of a chart without objects fails as Helm's does", async () => {
  const { env, recorded } = testEnvironment();
  await rejects(install(env, { chart: someChart({ "a.yaml": "# nothing" }), name: "web", namespace: "blue" }), {
    message: "release web failed: no objects visited",
  });
  deepEqual(recorded("web"), ['FAILED Release "web" failed: no objects visited']);
});

// Pins Q9.
Deno.test("install() creates nothing when its record cannot be written", async () => {
  const { env, kube } = testEnvironment({
    driver: (plain) => ({ ...plain, create: () => Promise.reject(new KubeError("forbidden", 403, "Forbidden")) }),
  });
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "blue" }), {
    message: "forbidden",
    recorded: false,
  });
  deepEqual(kube.calls, []);
});

Deno.test("install() asks whether the record will fit before it runs hooks", async () => {
  const { env, kube } = testEnvironment({
    driver: (plain) => ({
      ...plain,
      check: () => {
        throw new KubeError("too large", 0, "", { kind: "record" });
      },
    }),
  });
  await rejects(install(env, { chart: HOOKED, name: "web", namespace: "blue" }), { kind: "record" });
  deepEqual(kube.calls, []);
});

// Pins Q9.
Deno.test("install() says which record could not be updated at the end", async () => {
  const { env } = testEnvironment({
    driver: (plain) => ({ ...plain, update: () => Promise.reject(new KubeError("gone away", 0, "")) }),
  });
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "blue" }), {
    message: "release web is installed, but its record could not be updated: gone away",
  });
});

Deno.test("a dry run validates, and neither creates nor records", async () => {
  const { env, kube, store } = testEnvironment();
  const { release } = await install(env, { chart: HOOKED, name: "web", namespace: "blue", dryRun: true });
  equal(release.info.description, "Dry run complete");
  equal(release.info.status.code, "PENDING_INSTALL");
  deepEqual([kube.calls, store.size], [[], 0]);
  const unknown = someChart({ "a.yaml": "kind: Nothing\nmetadata: {name: a}" });
  await rejects(install(env, { chart: unknown, name: "web", namespace: "blue", dryRun: true }), {
    message: /^unable to recognize/,
  });
});

Deno.test("a dry run does not validate when CRDs would come first", async () => {
  const { env } = testEnvironment();
  const chart = someChart({
    "crd.yaml": hookJob("crd", "crd-install"),
    "a.yaml": "kind: Nothing\nmetadata: {name: a}",
  });
  const options = { chart, name: "web", namespace: "blue", dryRun: true };
  equal(
    (await install(env, options)).release.info.description,
    "Validation skipped because CRDs are not installed",
  );
  await rejects(install(env, { ...options, disableCrdHook: true }), { message: /^unable to recognize/ });
});

Deno.test("a dry run shows what was rendered when it is not YAML", async () => {
  const { env } = testEnvironment();
  const chart = someChart({ "a.yaml": "just words\n" });
  const options = { chart, name: "web", namespace: "blue" };
  await rejects(install(env, { ...options, dryRun: true }), {
    message: /type releaseutil\.SimpleHead\n\n---\n# Source: site\/templates\/a\.yaml\njust words\n$/,
  });
  await rejects(install(env, options), { message: /^YAML parse error on site\/templates\/a\.yaml: .*SimpleHead$/ });
});

Deno.test("gates refuse charts for other programs and clusters", async () => {
  const { env, kube } = testEnvironment();
  const tried = (metadata: { tillerVersion?: string; kubeVersion?: string }): Promise<unknown> =>
    install(env, {
      chart: someChart({ "a.yaml": configMap("a") }, metadata),
      name: "web",
      namespace: "blue",
      dryRun: true,
    });
  await rejects(tried({ tillerVersion: ">=3.0.0" }), {
    kind: "chart",
    message: "Chart incompatible with Tiller v2.17.0",
  });
  await tried({ tillerVersion: ">=2.10.0" });
  await tried({ kubeVersion: ">=1.10.0" });
  await rejects(tried({ kubeVersion: ">=1.20.0" }), {
    message: "Chart requires kubernetesVersion: >=1.20.0 which is incompatible with Kubernetes v1.16.15",
  });
  await rejects(tried({ kubeVersion: "not a range" }), { kind: "chart" });
  kube.capabilities = someCapabilities("v1.16.3-gke.1+abc");
  await rejects(tried({ kubeVersion: ">=1.10.0" }), { message: /incompatible with Kubernetes v1\.16\.3-gke\.1$/ });
  await tried({ kubeVersion: ">=1.10.0-0" });
});

Deno.test("of two installs at once under one name, one wins and the other touches no objects", async () => {
  const one = testEnvironment();
  const two = testEnvironment({ kube: one.kube, store: one.store });
  const results = await Promise.allSettled(
    [one, two].map(({ env }) => install(env, { chart: PLAIN, name: "web", namespace: "blue" })),
  );
  deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
  const lost = results.find((result) => result.status === "rejected");
  equal(lost?.reason.message, 'release: "web.v1" already exists');
  deepEqual(one.kube.calls, ["create ConfigMap/blue/a"]);
  deepEqual(one.recorded("web"), ["DEPLOYED Install complete"]);
});

Deno.test("an install that is interrupted leaves a FAILED record", async () => {
  const controller = new AbortController();
  const { env, kube, recorded } = testEnvironment({ signal: controller.signal });
  kube.failures.set("create ConfigMap/blue/a", () => controller.abort());
  await rejects(install(env, { chart: PLAIN, name: "web", namespace: "blue" }), { kind: "aborted" });
  deepEqual(recorded("web"), ['FAILED Release "web" failed: interrupted']);
});

Deno.test("an install that is interrupted before its record leaves nothing", async () => {
  const controller = new AbortController();
  const { env, kube, store } = testEnvironment({ signal: controller.signal });
  kube.failures.set("watch Job/blue/pre", () => controller.abort());
  await rejects(install(env, { chart: HOOKED, name: "web", namespace: "blue" }), { kind: "aborted" });
  equal(store.size, 0);
});

Deno.test("install() of a chart without objects succeeds where that is allowed", async () => {
  const { env, kube, recorded } = testEnvironment();
  const chart = someChart({ "a.yaml": "# nothing" });
  await install(env, { chart, name: "web", namespace: "blue", allowEmpty: true, wait: true });
  deepEqual([recorded("web"), kube.calls], [["DEPLOYED Install complete"], []]);
});

Deno.test("install() that waits strictly waits, also when it is asked for nothing else", async () => {
  const { env, kube } = testEnvironment();
  const chart = someChart({ "a.yaml": configMap("a") });
  await install(env, { chart, name: "web", namespace: "blue", waitStrict: true });
  deepEqual(kube.calls, ["create ConfigMap/blue/a", "wait-strictly ConfigMap/blue/a"]);
});
