import { deepEqual, equal } from "node:assert/strict";
import type { KubeObject } from "../../model/mod.ts";
import { brokenTillers } from "./tiller_broken.ts";
import { tillerDeployment } from "./tiller_facts.ts";
import { isRunning } from "./tillers_running.ts";

const deployment = (more: object = {}): KubeObject => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "tiller-deploy", namespace: "kube-system" },
  spec: {
    replicas: 1,
    template: { spec: { containers: [{ name: "tiller", image: "gcr.io/kubernetes-helm/tiller:v2.14.0" }] } },
  },
  ...more,
});

const pod = (state: object, more: object = {}): KubeObject => ({
  metadata: { name: "tiller-deploy-1", namespace: "kube-system" },
  status: { phase: "Pending", containerStatuses: [{ state, restartCount: 0, ...more }] },
});

const broken = (pods: readonly KubeObject[], more?: object) => {
  const tiller = tillerDeployment(deployment(more), pods);
  return brokenTillers(tiller === undefined ? [] : [tiller]).flatMap(({ evidence }) =>
    evidence.map(({ text }) => text)
  );
};

Deno.test("brokenTillers() says that an image is gone, or that the program ends", () => {
  deepEqual(broken([pod({ waiting: { reason: "ImagePullBackOff", message: 'Back-off pulling image "gcr.io/…"' } })]), [
    'image gcr.io/kubernetes-helm/tiller:v2.14.0: ImagePullBackOff: Back-off pulling image "gcr.io/…"',
  ]);
  const crash = { lastState: { terminated: { reason: "Error", exitCode: 2 } }, restartCount: 7 };
  deepEqual(broken([pod({ waiting: { reason: "CrashLoopBackOff" } }, crash)]), [
    "image gcr.io/kubernetes-helm/tiller:v2.14.0: CrashLoopBackOff; last ended with Error 2; 7 restarts",
  ]);
});

Deno.test("brokenTillers() says why no pod was created", () => {
  const message = 'pods "tiller-deploy-" is forbidden: error looking up service account kube-system/tiller: not found';
  deepEqual(broken([], { status: { conditions: [{ type: "ReplicaFailure", status: "True", message }] } }), [message]);
});

Deno.test("brokenTillers() leaves out a Tiller that is only starting, or that wants no pods", () => {
  deepEqual(broken([pod({ waiting: {} })]), []);
  const none = { spec: { ...deployment().spec as object, replicas: 0 } };
  deepEqual(broken([pod({ waiting: { reason: "ImagePullBackOff" } })], none), []);
});

Deno.test("isRunning() is true for a Tiller with a ready pod, whose earlier crash is no problem", () => {
  const ready = pod({ running: { startedAt: "2020-01-01T00:00:00Z" } }, {
    lastState: { terminated: { reason: "Error" } },
  });
  const status = { ...ready.status as object, conditions: [{ type: "Ready", status: "True" }] };
  const tiller = tillerDeployment(deployment(), [{ ...ready, status }]);
  equal(tiller !== undefined && isRunning(tiller), true);
  deepEqual([tiller?.version, tiller?.hasTls, tiller?.pods[0]?.startedSeconds], ["v2.14.0", false, 1577836800]);
});
