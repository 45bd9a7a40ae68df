import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { history, install, rollback, runTests, uninstall, upgrade } from "../../engine/release/mod.ts";
import { CUSTOM, HOOKED, TESTED } from "./_charts.ts";
import { type Stage, story } from "./_cluster.ts";

const JOBS = "/apis/batch/v1";

async function newest({ env }: Stage): Promise<string> {
  const [release] = await history(env, { name: "web", max: 1 });
  return `${release?.revision} ${release?.info.status.code} ${release?.info.description}`;
}

story("hooks of every event run and are waited for", async (stage) => {
  const { env, namespace, names } = stage;
  const config = "events: pre-install,post-install,pre-upgrade,post-upgrade,pre-rollback,post-rollback,pre-delete\n";
  const { release } = await install(env, { chart: HOOKED, name: "web", namespace, config, timeoutSeconds: 30 });
  ok(release.hooks[0]?.lastRun);
  await upgrade(env, { name: "web", chart: HOOKED, config: `${config}text: second\n`, timeoutSeconds: 30 });
  await rollback(env, { name: "web", timeoutSeconds: 30 });
  deepEqual(await names("jobs", JOBS), ["web-job"]);
  await uninstall(env, { name: "web", timeoutSeconds: 30 });
  deepEqual(await names("jobs", JOBS), ["web-job"]); // hooks stay unless a policy says otherwise
});

story("a hook that succeeded goes when its policy says so", async ({ env, namespace, names }) => {
  const config = "policy: hook-succeeded\n";
  await install(env, { chart: HOOKED, name: "web", namespace, config, timeoutSeconds: 30 });
  deepEqual(await names("jobs", JOBS), []);
});

story("a failing pre-install hook leaves no record, and the install can be tried again", async (stage) => {
  const { env, namespace } = stage;
  const options = { chart: HOOKED, name: "web", namespace, timeoutSeconds: 30 };
  await rejects(install(env, { ...options, config: "fail: true\n" }), {
    message: "Job failed: BackoffLimitExceeded",
    recorded: false,
  });
  await rejects(history(env, { name: "web" }), { kind: "not-found" });
  await install(env, options);
  equal(await newest(stage), "1 DEPLOYED Install complete");
});

story("a failing hook in an upgrade or rollback is recorded, and blocks nothing", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: HOOKED, name: "web", namespace, config: "events: post-rollback\nfail: true\n" });
  const failing = (events: string): Promise<unknown> =>
    upgrade(env, { name: "web", chart: HOOKED, config: `events: ${events}\nfail: true\n`, timeoutSeconds: 30 });
  await rejects(failing("pre-upgrade"), { message: "Job failed: BackoffLimitExceeded" });
  equal(await newest(stage), '2 FAILED Upgrade "web" failed pre-upgrade: Job failed: BackoffLimitExceeded');
  await rejects(failing("post-upgrade"), { message: "Job failed: BackoffLimitExceeded" });
  equal(await newest(stage), '3 FAILED Upgrade "web" failed post-upgrade: Job failed: BackoffLimitExceeded');
  await rejects(rollback(env, { name: "web", revision: 1, timeoutSeconds: 30 }));
  equal(await newest(stage), '4 FAILED Rollback "web" failed post-rollback: Job failed: BackoffLimitExceeded');
  await upgrade(env, { name: "web", chart: HOOKED, config: "events: pre-delete\nfail: true\n" });
  equal(await newest(stage), "5 DEPLOYED Upgrade complete");
  await rejects(uninstall(env, { name: "web", timeoutSeconds: 30 }));
  equal(await newest(stage), "5 DEPLOYED Upgrade complete");
  await uninstall(env, { name: "web", disableHooks: true });
});

// Pins Q18.
story("a CRD of today's API version can be a crd-install hook", async ({ env, namespace, read, send }) => {
  const plural = `t${namespace.slice(4).replace(/[^a-z]/g, "")}`;
  const config = `plural: ${plural}s\nkind: T${plural.slice(1)}\n`;
  try {
    await install(env, { chart: CUSTOM, name: "web", namespace, config, timeoutSeconds: 30 });
    const made = await read(`/apis/skeg.example/v1/namespaces/${namespace}/${plural}s/web`);
    deepEqual(made?.spec, { size: 3 });
  } finally {
    await send("DELETE", `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${plural}s.skeg.example`);
  }
});

story("tests run, are reported and recorded", async (stage) => {
  const { env, namespace, names } = stage;
  await install(env, { chart: TESTED, name: "web", namespace });
  const { messages, failures } = await runTests(env, {
    name: "web",
    timeoutSeconds: 30,
    cleanup: true,
    parallel: true,
  });
  deepEqual(messages.filter((message) => message.status !== "RUNNING").map((message) => message.text).sort(), [
    `FAILED: web-bad, run \`kubectl logs web-bad --namespace ${namespace}\` for more info`,
    "PASSED: web-good",
    "PASSED: web-sad",
  ]);
  equal(failures, 1);
  const [release] = await history(env, { name: "web" });
  deepEqual(release?.info.status.lastTestSuiteRun?.results.map((run) => `${run.name} ${run.status}`).sort(), [
    "web-bad FAILURE",
    "web-good SUCCESS",
    "web-sad SUCCESS",
  ]);
  deepEqual(await names("pods"), []);
  match(await newest(stage), /^1 DEPLOYED /);
});
