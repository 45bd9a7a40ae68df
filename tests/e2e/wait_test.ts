import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import { history, install, ReleaseError, rollback, uninstall, upgrade } from "../../engine/release/mod.ts";
import { WORKLOAD } from "./_charts.ts";
import { type Stage, story } from "./_cluster.ts";

async function statuses({ env }: Stage): Promise<string[]> {
  return (await history(env, { name: "web" })).toReversed().map((one) => one.info.status.code);
}

story("an install waits until everything is ready", async ({ env, namespace, read }) => {
  await install(env, { chart: WORKLOAD, name: "web", namespace, wait: true, timeoutSeconds: 60 });
  const deployment = await read(`/apis/apps/v1/namespaces/${namespace}/deployments/web`);
  equal((deployment?.status as { readyReplicas?: number }).readyReplicas, 2);
});

story("an install that is not ready in time is FAILED, and can be purged", async (stage) => {
  const { env, namespace, names } = stage;
  const stuck = { chart: WORKLOAD, name: "web", namespace, config: "stuck: true\n", wait: true, timeoutSeconds: 3 };
  await rejects(install(env, stuck), (error) => {
    ok(error instanceof ReleaseError && error.recorded);
    equal(error.message, "release web failed: timed out waiting for the condition");
    return true;
  });
  deepEqual(await statuses(stage), ["FAILED"]);
  await uninstall(env, { name: "web", purge: true });
  deepEqual(await names("deployments", "/apis/apps/v1"), []);
  await rejects(history(env, { name: "web" }), { kind: "not-found" });
});

// Pins Q21.
story("a failed upgrade tells where to go back to", async (stage) => {
  const { env, namespace } = stage;
  await install(env, { chart: WORKLOAD, name: "web", namespace, wait: true, timeoutSeconds: 60 });
  const stuck = { name: "web", chart: WORKLOAD, config: "stuck: true\nnote: two\n", wait: true, timeoutSeconds: 3 };
  let before: number | undefined;
  await rejects(upgrade(env, stuck), (error) => {
    ok(error instanceof ReleaseError && error.recorded);
    equal(error.message, "timed out waiting for the condition");
    before = error.before?.revision;
    return true;
  });
  equal(before, 1);
  await rollback(env, { name: "web", revision: 1, wait: true, timeoutSeconds: 60 });
  deepEqual(await statuses(stage), ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
});

story("an operation that is interrupted leaves a FAILED record", async (stage) => {
  const { env, namespace, another } = stage;
  await install(env, { chart: WORKLOAD, name: "web", namespace, wait: true, timeoutSeconds: 60 });
  const controller = new AbortController();
  const interrupted = upgrade(another({ signal: controller.signal }), {
    name: "web",
    chart: WORKLOAD,
    config: "stuck: true\nnote: two\n",
    wait: true,
    timeoutSeconds: 60,
  });
  setTimeout(() => controller.abort(), 1000);
  await rejects(interrupted, { kind: "aborted" });
  deepEqual(await statuses(stage), ["DEPLOYED", "FAILED"]);
  await rollback(env, { name: "web", revision: 1, wait: true, timeoutSeconds: 60 });
  deepEqual(await statuses(stage), ["SUPERSEDED", "SUPERSEDED", "DEPLOYED"]);
});
