import { deepEqual, equal, rejects } from "node:assert/strict";
import { testEnvironment } from "../../tests/_lib/environment.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import type { Hook, Release } from "../model/mod.ts";
import { hooksFor, runHooks } from "./hooks.ts";

function hook(name: string, more: Partial<Hook> = {}): Hook {
  return {
    name,
    kind: "Job",
    path: "site/templates/h.yaml",
    manifest: `kind: Job\nmetadata: {name: ${name}}`,
    events: ["pre-install"],
    weight: 0,
    deletePolicies: [],
    deleteTimeoutSeconds: 0,
    ...more,
  };
}

function withHooks(...hooks: Hook[]): Release {
  return someRelease({ hooks });
}

Deno.test("hooksFor() orders by weight, then by name", () => {
  const hooks = [hook("b"), hook("a", { weight: 5 }), hook("c", { weight: -1 }), hook("a"), hook("x", { events: [] })];
  deepEqual(hooksFor(hooks, "pre-install").map((one) => one.name + one.weight), ["c-1", "a0", "b0", "a5"]);
});

Deno.test("hooksFor() gives a hook that lists the event twice twice", () => {
  equal(hooksFor([hook("a", { events: ["pre-install", "post-install", "pre-install"] })], "pre-install").length, 2);
});

Deno.test("runHooks() runs one after the other, and notes when", async () => {
  const { env, kube } = testEnvironment();
  const release = await runHooks(env, withHooks(hook("b"), hook("a"), hook("c", { events: [] })), "pre-install", 5);
  deepEqual(kube.calls, ["create Job/default/a", "watch Job/default/a", "create Job/default/b", "watch Job/default/b"]);
  deepEqual(release.hooks.map((one) => one.lastRun !== undefined), [true, true, false]);
});

Deno.test("before-hook-creation deletes first, and waits only when there is a timeout", async () => {
  const { env, kube } = testEnvironment();
  const policy = { deletePolicies: ["before-hook-creation"] } as const;
  await runHooks(
    env,
    withHooks(hook("a", { ...policy, deleteTimeoutSeconds: 60 }), hook("b", policy)),
    "pre-install",
    5,
  );
  deepEqual(kube.calls.filter((call) => call.startsWith("delete")), [
    "delete-and-wait Job/default/a",
    "delete Job/default/b",
  ]);
});

Deno.test("hook-succeeded deletes only after all hooks of the event succeeded", async () => {
  const { env, kube } = testEnvironment();
  const policy = { deletePolicies: ["hook-succeeded"] } as const;
  const release = withHooks(hook("a", policy), hook("b", policy));
  await runHooks(env, release, "pre-install", 5);
  deepEqual(kube.calls.slice(-2), ["delete Job/default/a", "delete Job/default/b"]);
  kube.calls.length = 0;
  kube.failures.set("watch Job/default/b", "Job failed: x");
  await rejects(runHooks(env, release, "pre-install", 5), { message: "Job failed: x" });
  deepEqual(kube.calls.filter((call) => call.startsWith("delete")), []);
});

Deno.test("hook-failed deletes what failed while it ran, not what could not be created", async () => {
  const { env, kube } = testEnvironment();
  const release = withHooks(hook("a", { deletePolicies: ["hook-failed"] }));
  kube.failures.set("watch Job/default/a", "Job failed: x");
  await rejects(runHooks(env, release, "pre-install", 5), { message: "Job failed: x" });
  deepEqual(kube.calls.at(-1), "delete Job/default/a");
  kube.objects.set("Job/default/a", "");
  kube.calls.length = 0;
  await rejects(runHooks(env, release, "pre-install", 5), { message: 'jobs "a" already exists' });
  deepEqual(kube.calls, ["create Job/default/a"]);
});

Deno.test("an error of deleting a failed hook replaces the hook's own", async () => {
  const { env, kube } = testEnvironment();
  kube.failures.set("watch Job/default/a", "Job failed: x");
  kube.failures.set("delete Job/default/a", "forbidden");
  const release = withHooks(hook("a", { deletePolicies: ["hook-failed"] }));
  await rejects(runHooks(env, release, "pre-install", 5), { message: "forbidden" });
});

Deno.test("crd-install hooks are waited for until established, and not deleted when that fails", async () => {
  const { env, kube } = testEnvironment();
  const release = withHooks(hook("a", { events: ["crd-install"], deletePolicies: ["hook-failed"] }));
  kube.failures.set("establish Job/default/a", "naming conflict detected for CRD a");
  await rejects(runHooks(env, release, "crd-install", 5), { message: "naming conflict detected for CRD a" });
  deepEqual(kube.calls, ["create Job/default/a", "establish Job/default/a"]);
});

Deno.test("runHooks() tells when a hook starts and how it ends", async () => {
  const { env, kube, events } = testEnvironment();
  kube.failures.set("watch Job/default/b", "Job failed: x");
  await rejects(runHooks(env, withHooks(hook("a"), hook("b")), "pre-install", 5));
  deepEqual(events.flatMap((event) => event.type === "hook" ? [`${event.name} ${event.phase}`] : []), [
    "Job/a start",
    "Job/a done",
    "Job/b start",
    "Job/b failed",
  ]);
});
