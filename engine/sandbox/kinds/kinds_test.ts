import { deepEqual, equal, match } from "node:assert/strict";
import { core, grouped, openFixture, workload } from "../_fixture.ts";
import { cronProblem } from "./cron.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

const MERGE = { contentType: "application/merge-patch+json" };

Deno.test("a Deployment gets the defaults of the server", async () => {
  await using t = await openFixture();
  const { body } = await t.ask("POST", grouped("apps/v1", "deployments"), workload("Deployment", "web"));
  equal(body.spec.replicas, 1);
  deepEqual(body.spec.strategy, { type: "RollingUpdate", rollingUpdate: { maxUnavailable: "25%", maxSurge: "25%" } });
  deepEqual(body.spec.template.spec.containers[0], {
    name: "main",
    image: "example.invalid/image:1",
    resources: {},
    terminationMessagePath: "/dev/termination-log",
    terminationMessagePolicy: "File",
    imagePullPolicy: "IfNotPresent",
  });
  equal(body.spec.template.spec.dnsPolicy, "ClusterFirst");
});

Deno.test("a LimitRange's requests are its limits before they are its minimum", async () => {
  await using t = await openFixture();
  const limits = [{ type: "Container", min: { cpu: "1m", memory: "1Mi" }, default: { cpu: "100m" } }];
  const range = { apiVersion: "v1", kind: "LimitRange", metadata: { name: "r" }, spec: { limits } };
  const { body } = await t.ask("POST", core("limitranges"), range);
  deepEqual(body.spec.limits[0].defaultRequest, { cpu: "100m", memory: "1Mi" });
});

Deno.test("a Secret's stringData moves to data", async () => {
  await using t = await openFixture();
  const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { a: "b" } };
  const { body } = await t.ask("POST", core("secrets"), secret);
  deepEqual([body.data, body.type, body.stringData], [{ a: "Yg==" }, "Opaque", undefined]);
});

Deno.test("a Job's pods are labelled with its uid", async () => {
  await using t = await openFixture();
  const { body } = await t.ask("POST", grouped("batch/v1", "jobs"), workload("Job", "j"));
  const uid = body.metadata.uid;
  equal(body.spec.selector.matchLabels["batch.kubernetes.io/controller-uid"], uid);
  equal(body.spec.template.metadata.labels["job-name"], "j");
  equal(body.spec.backoffLimit, 6);
});

const service = (name: string, spec: Body): Body => ({ apiVersion: "v1", kind: "Service", metadata: { name }, spec });

Deno.test("Services are refused as kube-apiserver does", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("services"), service("taken", { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] }));
  const cases: [Body, RegExp][] = [
    [{}, /^Service "s" is invalid: spec\.ports: Required value$/],
    [
      { ports: [{ port: 70000 }] },
      /spec\.ports\[0\]\.port: Invalid value: 70000: must be between 1 and 65535, inclusive/,
    ],
    [
      { ports: [{ port: 1 }, { port: 2 }] },
      /\[spec\.ports\[0\]\.name: Required value, spec\.ports\[1\]\.name: Required value\]$/,
    ],
    [
      { type: "X", ports: [{ port: 1 }] },
      /Unsupported value: "X": supported values: "ClusterIP", "ExternalName", "LoadB/,
    ],
    [
      { clusterIP: "10.96.0.1", ports: [{ port: 1 }] },
      /failed to allocate IP 10\.96\.0\.1: provided IP is already allo/,
    ],
    [
      { type: "NodePort", ports: [{ port: 1, nodePort: 30080 }] },
      /nodePort: Invalid value: 30080: provided port is al/,
    ],
    [{ type: "NodePort", ports: [{ port: 1, nodePort: 1 }] }, /The range of valid ports is 30000-32767$/],
  ];
  for (const [spec, message] of cases) {
    const answer = await t.ask("POST", core("services"), service("s", spec));
    equal(answer.status, 422);
    match(answer.body.message, message);
  }
});

Deno.test("what cannot change is refused", async () => {
  await using t = await openFixture();
  await t.ask("POST", core("services"), service("s", { ports: [{ port: 80 }] }));
  await t.ask("POST", grouped("apps/v1", "deployments"), workload("Deployment", "web"));
  await t.ask("POST", grouped("batch/v1", "jobs"), workload("Job", "j"));
  await t.ask("POST", grouped("apps/v1", "statefulsets"), workload("StatefulSet", "db"));
  await t.ask("POST", core("configmaps"), {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "c" },
    immutable: true,
    data: { a: "b" },
  });
  const cases: [string, Body, RegExp][] = [
    [
      core("services/s"),
      { spec: { clusterIP: "10.96.9.9" } },
      /Invalid value: \["10\.96\.9\.9"\]: may not change once set$/,
    ],
    [
      grouped("apps/v1", "deployments/web"),
      { spec: { selector: { matchLabels: { a: "b" } } } },
      /spec\.selector: Invalid value: .*: field is immutable\]$/,
    ],
    [
      grouped("batch/v1", "jobs/j"),
      { spec: { template: { spec: { restartPolicy: "OnFailure" } } } },
      /spec\.template: Invalid value: .*: field is immutable$/,
    ],
    [
      grouped("apps/v1", "statefulsets/db"),
      { spec: { serviceName: "x" } },
      /spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', /,
    ],
    [core("configmaps/c"), { data: { a: "c" } }, /data: Forbidden: field is immutable when `immutable` is set$/],
  ];
  for (const [path, patch, message] of cases) {
    const answer = await t.ask("PATCH", path, patch, MERGE);
    equal(answer.status, 422, path);
    match(answer.body.message, message);
  }
});

Deno.test("a broken pod is refused with all that is wrong", async () => {
  await using t = await openFixture();
  const container = {
    name: "A",
    volumeMounts: [{ name: "x" }],
    resources: { requests: { cpu: "2" }, limits: { cpu: "1" } },
    livenessProbe: {},
  };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers: [container] } };
  const { body } = await t.ask("POST", core("pods"), pod);
  deepEqual(body.details.causes.map((cause: Body) => cause.field), [
    "spec.containers[0].name",
    "spec.containers[0].image",
    "spec.containers[0].volumeMounts[0].name",
    "spec.containers[0].volumeMounts[0].mountPath",
    "spec.containers[0].resources.requests",
    "spec.containers[0].livenessProbe",
  ]);
});

Deno.test("ports of the node are filled in for pods and not for templates, and must be the container's own", async () => {
  await using t = await openFixture();
  const container = (ports: Body[]): Body => ({ name: "main", image: "example.invalid/image:1", ports });
  const onNode = (ports: Body[]): Body => ({ hostNetwork: true, containers: [container(ports)] });
  const pod = (ports: Body[]): Body => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "p" },
    spec: onNode(ports),
  });
  const wrong = await t.ask("POST", core("pods"), pod([{ containerPort: 80, hostPort: 81 }]));
  equal(
    wrong.body.message,
    'Pod "p" is invalid: spec.containers[0].ports[0].hostPort: Invalid value: 81: must match `containerPort` when ' +
      "`hostNetwork` is true",
  );
  const { body } = await t.ask("POST", core("pods"), pod([{ containerPort: 80 }]));
  equal(body.spec.containers[0].ports[0].hostPort, 80);
  const daemon = workload("DaemonSet", "d") as Body;
  daemon.spec.template.spec = onNode([{ containerPort: 80 }]);
  const made = await t.ask("POST", grouped("apps/v1", "daemonsets"), daemon);
  equal(made.body.spec.template.spec.containers[0].ports[0].hostPort, undefined);
});

Deno.test("an NFS volume needs a server and a path, and cannot be mounted without", async () => {
  await using t = await openFixture();
  const mounts = [{ name: "shared", mountPath: "/shared" }];
  const spec = {
    volumes: [{ name: "shared", nfs: { path: "data" } }],
    containers: [{ name: "main", image: "i", volumeMounts: mounts }],
  };
  const { body } = await t.ask("POST", core("pods"), { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec });
  equal(
    body.message,
    'Pod "p" is invalid: [spec.volumes[0].nfs.server: Required value, spec.volumes[0].nfs.path: Invalid value: "data": ' +
      'must be an absolute path, spec.containers[0].volumeMounts[0].name: Not found: "shared"]',
  );
});

Deno.test("a StatefulSet that names its strategy gets no more of it", async () => {
  await using t = await openFixture();
  const create = async (name: string, updateStrategy?: Body): Promise<Body> => {
    const set = workload("StatefulSet", name) as Body;
    if (updateStrategy !== undefined) set.spec.updateStrategy = updateStrategy;
    return (await t.ask("POST", grouped("apps/v1", "statefulsets"), set)).body.spec.updateStrategy;
  };
  deepEqual(await create("a"), { type: "RollingUpdate", rollingUpdate: { partition: 0 } });
  deepEqual(await create("b", { type: "RollingUpdate" }), { type: "RollingUpdate" });
  deepEqual(await create("c", { type: "RollingUpdate", rollingUpdate: {} }), {
    type: "RollingUpdate",
    rollingUpdate: { partition: 0 },
  });
});

Deno.test("one autoscaler is seen in both versions", async () => {
  await using t = await openFixture();
  await t.ask("POST", grouped("autoscaling/v1", "horizontalpodautoscalers"), {
    apiVersion: "autoscaling/v1",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "h" },
    spec: {
      maxReplicas: 3,
      targetCPUUtilizationPercentage: 50,
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "d" },
    },
  });
  const { body } = await t.ask("GET", grouped("autoscaling/v2", "horizontalpodautoscalers/h"));
  equal(body.apiVersion, "autoscaling/v2");
  equal(body.spec.metrics[0].resource.target.averageUtilization, 50);
});

const SCHEDULES: [string, string | undefined][] = [
  ["*/5 0-3 1,15 jan mon-fri", undefined],
  ["@daily", undefined],
  ["@every 1h", undefined],
  ["x * * *", "expected exactly 5 fields, found 4: [x * * *]"],
  ["60 * * * *", "end of range (60) above maximum (59): 60"],
  ["*/0 * * * *", "step of range should be a positive number: */0"],
  ["5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1"],
  ["@foo", "unrecognized descriptor: @foo"],
];

for (const [schedule, wanted] of SCHEDULES) {
  Deno.test(`cronProblem() of ${schedule}`, () => equal(cronProblem(schedule), wanted));
}
