/**
 * Prints the object sets about which Helm 2.17.0's `--wait` is asked, one JSON object a line: each kind alone in several
 * states, and mixtures in which one object is not ready.
 *
 * @module
 */

type Json = Record<string, unknown>;

interface Part {
  readonly name: string;
  readonly created: Json;
  readonly live: readonly Json[];
}

const NAMESPACE = "here";
const READY = { conditions: [{ type: "Ready", status: "True" }] };
const NOT_READY = { conditions: [{ type: "Ready", status: "False" }] };

const meta = (name: string, more: Json = {}): Json => ({ name, namespace: NAMESPACE, ...more });
const selector = { matchLabels: { app: "x" } };

function pod(name: string, status: Json, labels: Json = { app: "x" }): Json {
  return { apiVersion: "v1", kind: "Pod", metadata: meta(name, { labels }), status };
}

/** An object that is judged by itself. */
function alone(name: string, object: Json): Part {
  return { name, created: { ...object, status: undefined }, live: [object] };
}

function pods(): Part[] {
  const states: readonly [string, Json][] = [
    ["ready", { phase: "Running", ...READY }],
    ["not ready", { phase: "Running", ...NOT_READY }],
    ["completed", { phase: "Succeeded", ...NOT_READY }],
    ["pending", { phase: "Pending" }],
    ["failed", { phase: "Failed" }],
    ["ready and failed", { phase: "Failed", ...READY }],
  ];
  return states.map(([name, status]) => alone(`pod ${name}`, pod("p", status)));
}

function controllers(): Part[] {
  const kinds: readonly [string, string][] = [
    ["v1", "ReplicationController"],
    ...["extensions/v1beta1", "apps/v1beta2", "apps/v1"].flatMap((version): [string, string][] => [
      [version, "ReplicaSet"],
      [version, "DaemonSet"],
    ]),
    ...["apps/v1beta1", "apps/v1beta2", "apps/v1"].map((version): [string, string] => [version, "StatefulSet"]),
  ];
  const sets: readonly [string, readonly Json[]][] = [
    ["no pods", []],
    ["one ready", [pod("a", READY)]],
    ["one of two ready", [pod("a", READY), pod("b", NOT_READY)]],
    ["an old pod not ready", [pod("a", READY), pod("old", NOT_READY, { app: "x", version: "old" })]],
    ["a foreign pod not ready", [pod("a", READY), pod("z", NOT_READY, { app: "z" })]],
  ];
  return kinds.flatMap(([apiVersion, kind]) =>
    sets.map(([name, live]) => ({
      name: `${apiVersion} ${kind} with ${name}`,
      created: {
        apiVersion,
        kind,
        metadata: meta("c"),
        spec: { replicas: 2, selector: kind === "ReplicationController" ? selector.matchLabels : selector },
      },
      live,
    }))
  );
}

function replicaSet(name: string, image: string, readyReplicas: number, uid = "d-uid"): Json {
  const labels = { app: "x", "pod-template-hash": name };
  return {
    apiVersion: "apps/v1",
    kind: "ReplicaSet",
    metadata: meta(name, {
      uid: `${name}-uid`,
      labels,
      creationTimestamp: "2020-01-01T00:00:00Z",
      ownerReferences: [{ apiVersion: "apps/v1", kind: "Deployment", name: "d", uid, controller: true }],
    }),
    spec: { replicas: 4, selector: { matchLabels: labels }, template: template(image, labels) },
    status: { replicas: 4, readyReplicas },
  };
}

function template(image: string, labels: Json): Json {
  return { metadata: { labels }, spec: { containers: [{ name: "c", image, resources: {} }] } };
}

function deployments(): Part[] {
  const spec = (more: Json = {}): Json => ({
    replicas: 4,
    selector,
    template: template("new", { app: "x" }),
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } },
    ...more,
  });
  const rolling = (maxSurge: unknown, maxUnavailable: unknown): Json => ({
    strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
  });
  const states: readonly [string, Json, readonly Json[]][] = [
    ["no set", {}, []],
    ["an old set only", {}, [replicaSet("old", "old", 4)]],
    ["the set of another", {}, [replicaSet("new", "new", 4, "other-uid")]],
    ["2 of 4 ready", {}, [replicaSet("new", "new", 2)]],
    ["3 of 4 ready", {}, [replicaSet("new", "new", 3)]],
    ["3 of 4 ready and old pods", {}, [replicaSet("old", "old", 2), replicaSet("new", "new", 3)]],
    ["3 of 4 ready, none may be unavailable", rolling(1, 0), [replicaSet("new", "new", 3)]],
    ["3 of 4 ready, recreated", { strategy: { type: "Recreate" } }, [replicaSet("new", "new", 3)]],
    ["3 of 4 ready, no surge", rolling(0, 0), [replicaSet("new", "new", 3)]],
    ["none ready, all may be unavailable", rolling(1, "100%"), [replicaSet("new", "new", 0)]],
    ["none wanted", { replicas: 0 }, [replicaSet("new", "new", 0)]],
    ["paused", { paused: true }, []],
  ];
  return states.flatMap(([name, more, live]) =>
    ["extensions/v1beta1", "apps/v1beta1", "apps/v1beta2", "apps/v1"].map((apiVersion) => {
      const object = { kind: "Deployment", metadata: meta("d", { uid: "d-uid" }), spec: spec(more) };
      return {
        name: `${apiVersion} Deployment with ${name}`,
        created: { apiVersion, ...object },
        live: [{ apiVersion: "apps/v1", ...object }, ...live],
      };
    })
  );
}

function services(): Part[] {
  const states: readonly [string, Json, Json][] = [
    ["no address", {}, {}],
    ["an address", { clusterIP: "10.0.0.1" }, {}],
    ["headless", { clusterIP: "None" }, {}],
    ["external", { type: "ExternalName" }, {}],
    ["balancer without address", { type: "LoadBalancer", clusterIP: "10.0.0.1" }, { loadBalancer: {} }],
    ["balancer", { type: "LoadBalancer", clusterIP: "10.0.0.1" }, { loadBalancer: { ingress: [{ ip: "1.1.1.1" }] } }],
  ];
  return states.map(([name, spec, status]) =>
    alone(`service ${name}`, { apiVersion: "v1", kind: "Service", metadata: meta("s"), spec, status })
  );
}

function claims(): Part[] {
  return ["Bound", "Pending", "Lost", ""].map((phase) =>
    alone(`claim ${phase || "without phase"}`, {
      apiVersion: "v1",
      kind: "PersistentVolumeClaim",
      metadata: meta("v"),
      spec: {},
      status: { phase },
    })
  );
}

function others(): Part[] {
  const objects: readonly [string, string, Json][] = [
    ["batch/v1", "Job", { status: { conditions: [{ type: "Failed", status: "True" }] } }],
    ["v1", "ConfigMap", {}],
    ["apps/v1beta3", "Deployment", { spec: { replicas: 3 } }],
    ["serving.knative.dev/v1", "Service", { spec: {} }],
    ["example.com/v1", "Widget", { status: { phase: "Failed" } }],
  ];
  return objects.map(([apiVersion, kind, more]) => {
    const object = { apiVersion, kind, metadata: meta("o"), ...more };
    return { name: `${apiVersion} ${kind}`, created: object, live: [object] };
  });
}

const gone = (part: Part): Part => ({ ...part, name: `${part.name}, gone`, live: [] });
const [readyPod, latePod] = pods();
const [, service] = services();
const [bound, pending] = claims();
const parts = [...pods(), ...controllers(), ...deployments(), ...services(), ...claims(), ...others()];
const mixtures = [[readyPod, service, bound], [readyPod, service, pending], [latePod, service, bound], [service, bound]]
  .map((mixed) => mixed.filter((part) => part !== undefined));
const lost = [readyPod, service, bound].filter((part) => part !== undefined).map(gone);
for (const mixed of [...parts.map((part) => [part]), ...mixtures, ...lost.map((part) => [part])]) {
  // deno-lint-ignore no-console -- its output is the list
  console.log(JSON.stringify({
    id: mixed.map(({ name }) => name).join(" + "),
    created: mixed.map(({ created }) => created),
    live: mixed.flatMap(({ live }) => live),
  }));
}
