import { deepEqual, equal, rejects } from "node:assert/strict";
import { someChart, type TestEnvironment, testEnvironment } from "../../tests/_lib/environment.ts";
import { install } from "./install.ts";
import { runTests, type TestOptions } from "./run_tests.ts";

function pod(name: string, events: string): string {
  return `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n  annotations: {helm.sh/hook: "${events}"}\n`;
}

async function installed(templates: Record<string, string>): Promise<TestEnvironment> {
  const made = testEnvironment();
  const plain = { "config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}" };
  await install(made.env, { chart: someChart({ ...plain, ...templates }), name: "web", namespace: "blue" });
  made.kube.calls.length = 0;
  return made;
}

async function said(made: TestEnvironment, options: Partial<TestOptions> = {}): Promise<string[]> {
  const { messages } = await runTests(made.env, { name: "web", ...options });
  return messages.map((message) => `${message.status} ${message.text}`);
}

Deno.test("runTests() runs pods and records how they ended", async () => {
  const made = await installed({ "a.yaml": pod("good", "test-success"), "b.yaml": pod("bad", "test-success") });
  made.kube.phases.set("blue/bad", "Failed");
  deepEqual(await said(made), [
    "RUNNING RUNNING: good",
    "SUCCESS PASSED: good",
    "RUNNING RUNNING: bad",
    "FAILURE FAILED: bad, run `kubectl logs bad --namespace blue` for more info",
  ]);
  const suite = made.record("web.v1").info.status.lastTestSuiteRun;
  deepEqual(suite?.results.map((run) => `${run.name} ${run.status} ${run.info}`), ["good SUCCESS ", "bad FAILURE "]);
  equal(suite?.results.every((run) => run.startedAt && run.completedAt), true);
});

Deno.test("runTests() expects of a test-failure hook that it fails", async () => {
  const made = await installed({ "a.yaml": pod("sad", "test-failure"), "b.yaml": pod("odd", "test-failure") });
  made.kube.phases.set("blue/sad", "Failed");
  const { failures } = await runTests(made.env, { name: "web" });
  equal(failures, 1);
});

// Pins Q36.
Deno.test("runTests() runs a hook with both events once; the first decides what is expected", async () => {
  const made = await installed({ "a.yaml": pod("both", "test-failure,test-success") });
  made.kube.phases.set("blue/both", "Failed");
  deepEqual(await said(made), ["RUNNING RUNNING: both", "SUCCESS PASSED: both"]);
});

Deno.test("runTests() says when there are none, and records the run", async () => {
  const made = await installed({});
  deepEqual(await said(made), ["UNKNOWN No Tests Found"]);
  deepEqual(made.record("web.v1").info.status.lastTestSuiteRun?.results, []);
});

Deno.test("runTests() goes on after a pod that cannot be created or never ends", async () => {
  const made = await installed({ "a.yaml": pod("a", "test-success"), "b.yaml": pod("b", "test-success") });
  made.kube.objects.set("Pod/blue/a", "");
  made.kube.failures.set("complete Pod/blue/b", "timed out waiting for the condition");
  deepEqual(await said(made), [
    "RUNNING RUNNING: a",
    'FAILURE ERROR: pods "a" already exists',
    "RUNNING RUNNING: b",
    "FAILURE ERROR: timed out waiting for the condition",
  ]);
  const runs = made.record("web.v1").info.status.lastTestSuiteRun?.results ?? [];
  deepEqual(runs.map((run) => run.status), ["FAILURE", "UNKNOWN"]);
});

Deno.test("runTests() reports a phase that is neither, without counting it", async () => {
  const made = await installed({ "a.yaml": pod("a", "test-success") });
  made.kube.phases.set("blue/a", "Running");
  const { messages, failures } = await runTests(made.env, { name: "web" });
  deepEqual([messages.at(-1), failures], [{ text: "UNKNOWN: a: ", status: "UNKNOWN" }, 0]);
});

Deno.test("runTests() refuses what is not a pod before it runs any", async () => {
  const job = pod("j", "test-success").replace("kind: Pod", "kind: Job");
  const made = await installed({ "a.yaml": pod("a", "test-success"), "b.yaml": job });
  await rejects(runTests(made.env, { name: "web" }), { message: "j is not a pod" });
  deepEqual(made.kube.calls, []);
});

Deno.test("runTests() fetches logs, then deletes pods, when asked", async () => {
  const made = await installed({ "a.yaml": pod("a", "test-success") });
  deepEqual((await said(made, { logs: true, cleanup: true })).slice(2), ["RUNNING \nPOD LOGS: a\n100% of blue/a\n"]);
  deepEqual(made.kube.calls, ["create Pod/blue/a", "complete Pod/blue/a", "delete Pod/blue/a"]);
});

Deno.test("runTests() runs as many side by side as allowed, and keeps the order of results", async () => {
  const names = ["a", "b", "c", "d", "e"];
  const made = await installed(Object.fromEntries(names.map((name) => [`${name}.yaml`, pod(name, "test-success")])));
  let running = 0;
  let most = 0;
  for (const [index, name] of names.entries()) {
    made.kube.failures.set(`complete Pod/blue/${name}`, async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 10 - index));
      running--;
    });
  }
  const { release } = await runTests(made.env, { name: "web", parallel: true, maxParallel: 3 });
  equal(most, 3);
  deepEqual(release.info.status.lastTestSuiteRun?.results.map((run) => run.name), names);
});

Deno.test("runTests() tells messages as they come", async () => {
  const made = await installed({ "a.yaml": pod("a", "test-success") });
  const heard: string[] = [];
  await runTests(made.env, { name: "web", onMessage: (message) => heard.push(message.text) });
  deepEqual(heard, ["RUNNING: a", "PASSED: a"]);
});

Deno.test("runTests() of nothing rejects in Tiller's words", async () => {
  await rejects(runTests(testEnvironment().env, { name: "web" }), { message: 'release: "web" not found' });
});

/** A test with a weight and delete policies. */
function weighed(name: string, weight: number, policies = ""): string {
  return pod(name, "test-success").replace(
    "annotations: {",
    `annotations: {helm.sh/hook-weight: "${weight}", ${
      policies === "" ? "" : `helm.sh/hook-delete-policy: "${policies}", `
    }`,
  );
}

const WEIGHED = {
  "a.yaml": weighed("a", 5, "hook-succeeded"),
  "b.yaml": weighed("b", -1, "before-hook-creation,hook-failed"),
  "c.yaml": weighed("c", 0, "hook-succeeded"),
};

Deno.test("runTests() looks at neither weights nor delete policies, as in Helm 2", async () => {
  const made = await installed(WEIGHED);
  await runTests(made.env, { name: "web" });
  deepEqual(
    made.kube.calls,
    ["a", "b", "c"].flatMap((name) => [`create Pod/blue/${name}`, `complete Pod/blue/${name}`]),
  );
});

Deno.test("runTests() as hooks goes by weights and by delete policies, after the logs", async () => {
  const made = await installed(WEIGHED);
  made.kube.phases.set("blue/b", "Failed");
  const { release, messages } = await runTests(made.env, { name: "web", asHooks: true, logs: true });
  deepEqual(made.kube.calls, [
    "delete-and-wait Pod/blue/b",
    "create Pod/blue/b",
    "complete Pod/blue/b",
    "create Pod/blue/c",
    "complete Pod/blue/c",
    "create Pod/blue/a",
    "complete Pod/blue/a",
    "delete-and-wait Pod/blue/b",
    "delete-and-wait Pod/blue/c",
    "delete-and-wait Pod/blue/a",
  ]);
  deepEqual(release.info.status.lastTestSuiteRun?.results.map((run) => run.name), ["b", "c", "a"]);
  equal(messages.filter(({ text }) => text.includes("POD LOGS")).length, 3);
});

Deno.test("runTests() as hooks runs tests of one weight side by side, and later ones afterwards", async () => {
  const made = await installed({ "a.yaml": weighed("a", 1), "b.yaml": weighed("b", 0), "c.yaml": weighed("c", 1) });
  await runTests(made.env, { name: "web", asHooks: true, parallel: true });
  deepEqual(made.kube.calls, [
    "create Pod/blue/b",
    "complete Pod/blue/b",
    "create Pod/blue/a",
    "create Pod/blue/c",
    "complete Pod/blue/a",
    "complete Pod/blue/c",
  ]);
});

Deno.test("runTests() as hooks leaves alone a pod that another client created", async () => {
  const made = await installed({ "a.yaml": weighed("a", 0, "hook-failed") });
  made.kube.objects.set("Pod/blue/a", "");
  equal((await runTests(made.env, { name: "web", asHooks: true })).failures, 1);
  equal(made.kube.objects.has("Pod/blue/a"), true);
});
