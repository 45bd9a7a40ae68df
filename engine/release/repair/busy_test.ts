import { doesNotReject, rejects } from "node:assert/strict";
import { createKubeClient } from "../../kube/mod.ts";
import { openSandbox } from "../../sandbox/mod.ts";
import { configMapDriver } from "../../../storage/mod.ts";
import { objectCallOf } from "../../../tests/_lib/object_call.ts";
import { someRelease } from "../../../tests/_lib/releases.ts";
import type { Environment } from "../environment.ts";
import type { StatusCode } from "../../model/mod.ts";
import { refuseIfBusy } from "./at_work.ts";
import type { StoredRecord } from "./repair.ts";

const NOW = Date.parse("2026-01-31T12:00:00Z") / 1000;
const HOOK = {
  name: "migrate",
  kind: "Job",
  path: "web/templates/migrate.yaml",
  manifest: "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\n",
  events: ["pre-upgrade" as const],
  weight: 0,
  deletePolicies: [],
  deleteTimeoutSeconds: 0,
};

/** A record that was written an hour ago. */
function written(status: StatusCode): StoredRecord {
  const labels = { STATUS: status, CREATED_AT: String(NOW - 3600) };
  const release = someRelease({ revision: 2, status, hooks: [HOOK] });
  return { key: "web.v2", revision: 2, object: { metadata: { name: "web.v2", labels } }, release };
}

/** Runs `use` on a cluster with some objects; `forbids` is a part of paths that are refused. */
async function onCluster(
  objects: Readonly<Record<string, unknown>>,
  use: (env: Environment) => Promise<void>,
  forbids = "nothing",
): Promise<void> {
  const cluster = await openSandbox();
  const answers = new Map(Object.entries(objects));
  const transport: typeof cluster.transport = (request) => {
    const [path = ""] = request.path.split("?");
    const found = answers.get(path);
    if (path.includes(forbids)) {
      const body = {
        kind: "Status",
        apiVersion: "v1",
        status: "Failure",
        message: "forbidden",
        reason: "Forbidden",
        code: 403,
      };
      return Promise.resolve(Response.json(body, { status: 403 }));
    }
    return found === undefined ? cluster.transport(request) : Promise.resolve(Response.json(found));
  };
  try {
    await use({
      kube: createKubeClient({ ...cluster, transport }),
      driver: configMapDriver(objectCallOf(transport), "kube-system"),
      clock: () => ({ seconds: NOW, nanos: 0 }),
      random: () => 0,
      report: () => {},
      historyMax: 0,
    });
  } finally {
    await cluster.close();
  }
}

const PODS = "/api/v1/namespaces/kube-system/pods";
const pods = (status: unknown) => ({
  [PODS]: {
    kind: "PodList",
    apiVersion: "v1",
    metadata: {},
    items: [{ metadata: { name: "tiller-1", namespace: "kube-system" }, status }],
  },
});
const since = (seconds: number): string => new Date((NOW - seconds) * 1000).toISOString();

Deno.test("refuseIfBusy() refuses while a Tiller runs that started before the record was written", () =>
  onCluster(pods({ phase: "Running", startTime: since(7200) }), async (env) => {
    await rejects(refuseIfBusy(env, [written("PENDING_UPGRADE")]), {
      kind: "conflict",
      message:
        'web.v2 is PENDING_UPGRADE, and a Tiller runs since before it was written (pod "tiller-1" in namespace ' +
        '"kube-system"): it may be working on this release',
    });
    await doesNotReject(refuseIfBusy(env, [written("PENDING_UPGRADE")], { tillerIdle: true }));
    await doesNotReject(refuseIfBusy(env, [written("DEPLOYED")]));
  }));

Deno.test("refuseIfBusy() accepts a Tiller that started later, was restarted since, or has ended", async () => {
  const restarted = { name: "tiller", state: { running: { startedAt: since(60) } } };
  for (
    const status of [
      { phase: "Running", startTime: since(60) },
      { phase: "Running", startTime: since(7200), containerStatuses: [restarted] },
      { phase: "Failed", startTime: since(7200) },
      { phase: "Pending" },
    ]
  ) {
    await onCluster(pods(status), (env) => doesNotReject(refuseIfBusy(env, [written("DELETING")])));
  }
});

Deno.test("refuseIfBusy() refuses when Tiller's pods cannot be listed, unless it is told that Tiller is idle", () =>
  onCluster({}, async (env) => {
    await rejects(refuseIfBusy(env, [written("PENDING_INSTALL")]), {
      kind: "conflict",
      message: "web.v2 is PENDING_INSTALL, and the pods of Tiller cannot be listed",
    });
    await doesNotReject(refuseIfBusy(env, [written("PENDING_INSTALL")], { tillerIdle: true }));
  }, "/pods"));

Deno.test("refuseIfBusy() refuses while a Job of a hook is active, and not when it has ended", async () => {
  const path = "/apis/batch/v1/namespaces/default/jobs/migrate";
  const job = (status: unknown) => ({
    [path]: { apiVersion: "batch/v1", kind: "Job", metadata: { name: "migrate" }, status },
  });
  await onCluster(job({ active: 1 }), async (env) => {
    await rejects(refuseIfBusy(env, [written("PENDING_UPGRADE")]), {
      kind: "conflict",
      message: 'web.v2 is PENDING_UPGRADE, and the Job "migrate" of its hook is active',
    });
  });
  await onCluster(job({ succeeded: 1 }), (env) => doesNotReject(refuseIfBusy(env, [written("PENDING_UPGRADE")])));
  await onCluster({}, (env) => doesNotReject(refuseIfBusy(env, [written("PENDING_UPGRADE")])));
});
