/**
 * A kube client over a map, for tests of the decisions and records of operations.
 * It identifies objects by kind, namespace and name, and fails on request.
 */
import { KubeError, SkegError } from "../../errors.ts";
import type { Capabilities } from "../../engine/model/mod.ts";
import { TILLER_VERSION } from "../../engine/model/mod.ts";
import type {
  Cluster,
  KubeCallOptions,
  KubeClient,
  KubeManifest,
  KubeProgress,
  ResourceInfo,
} from "../../engine/kube/mod.ts";
import { readHead, splitDocuments } from "../../engine/chart/render/mod.ts";

/** The parts of the fake that a test can read and set. */
export interface FakeKube {
  readonly client: KubeClient;
  /** `Kind/namespace/name` → text of the document. */
  readonly objects: Map<string, string>;
  /** `verb object`, in order. */
  readonly calls: string[];
  /** `verb object` → error of that call; or a function that may reject or wait. */
  readonly failures: Map<string, string | (() => Promise<void> | void)>;
  /** `namespace/name` → final phase of a test pod; `Succeeded` when absent. */
  readonly phases: Map<string, string>;
  /** The value of `.Capabilities`. */
  capabilities: Capabilities;
}

interface Found {
  readonly key: string;
  readonly text: string;
  readonly info: ResourceInfo;
}

/** The verbs that calls report when they have succeeded. */
const DONE: Readonly<Record<string, KubeProgress["verb"]>> = {
  "create": "create",
  "update": "update",
  "delete": "delete",
  "delete-and-wait": "delete",
};

/** Makes a cluster without objects. */
export function fakeKube(): FakeKube {
  const fake: Omit<FakeKube, "client"> = {
    objects: new Map(),
    calls: [],
    failures: new Map(),
    phases: new Map(),
    capabilities: someCapabilities(),
  };
  return Object.assign(fake, { client: clientOf(fake) });
}

/** Returns the capabilities of a Kubernetes 1.16 with a few kinds. */
export function someCapabilities(gitVersion = "v1.16.15"): Capabilities {
  const [, minor = "16"] = gitVersion.split(".");
  return {
    kubeVersion: {
      major: "1",
      minor,
      gitVersion,
      gitCommit: "",
      gitTreeState: "clean",
      buildDate: "",
      goVersion: "",
      compiler: "gc",
      platform: "linux/amd64",
    },
    apiVersions: new Set(["v1", "v1/ConfigMap", "apps/v1", "apps/v1/Deployment"]),
    tillerVersion: TILLER_VERSION,
  };
}

function clientOf(fake: Omit<FakeKube, "client">): KubeClient {
  const act = async (verb: string, found: Found, options?: KubeCallOptions): Promise<void> => {
    const call = `${verb} ${found.key}`;
    fake.calls.push(call);
    const failure = fake.failures.get(call);
    if (typeof failure === "string") throw new KubeError(failure, 500, "Fake");
    await failure?.();
    if (options?.signal?.aborted) throw new SkegError("aborted", "interrupted");
    const done = DONE[verb];
    const object = `${found.info.resource.kind}/${found.info.name}`;
    if (done !== undefined) options?.report?.({ verb: done, object, namespace: found.info.namespace, detail: "" });
  };
  const put = async (found: Found, options?: KubeCallOptions): Promise<void> => {
    if (fake.objects.has(found.key)) {
      fake.calls.push(`create ${found.key}`);
      const message = `${plural(found)} "${found.info.name}" already exists`;
      throw new KubeError(message, 409, "AlreadyExists", { kind: "exists" });
    }
    await act("create", found, options);
    fake.objects.set(found.key, found.text);
  };
  /** Returns what the client found in manifests; an empty list is refused. */
  const some = (infos: readonly ResourceInfo[]): Found[] => {
    if (infos.length === 0) throw new SkegError("kube", "no objects visited");
    return infos.map(foundIn);
  };
  return {
    cluster: { server: "fake", namespace: "default" } as Cluster,
    version: () => Promise.resolve(fake.capabilities.kubeVersion),
    capabilities: () => Promise.resolve(fake.capabilities),
    resolve: (namespace, manifest, { skipUnresolved } = {}) =>
      new Promise((resolve) => resolve(skipUnresolved ? resolvable(namespace, manifest) : parse(namespace, manifest))),
    mapRemoved: (_namespace, requests) =>
      Promise.resolve(requests.map(({ manifest }) => ({ manifest, documents: [] }))),
    findRemoved: () => Promise.resolve([]),
    findExisting: (infos) =>
      Promise.resolve(
        infos.map(foundIn).filter(({ key }) => fake.objects.has(key)).map(({ info }) => ({ info, metadata: {} })),
      ),
    ensureNamespace: () => Promise.resolve(),
    create: async (infos, options) => {
      const found = options?.allowEmpty ? infos.map(foundIn) : some(infos);
      for (const one of found) await put(one, options);
      if (options?.wait) {
        for (const one of found) await act(options.waitStrict ? "wait-strictly" : "wait", one, options);
      }
    },
    update: async (original, target, options) => {
      const before = new Map(original.map(foundIn).map((found) => [found.key, found]));
      const after = target.map(foundIn);
      const created: string[] = [];
      try {
        for (const found of after) {
          if (!fake.objects.has(found.key)) {
            await put(found, options);
            created.push(found.key);
          } else if (!before.has(found.key)) {
            throw new KubeError(
              `kind ${found.info.resource.kind} with the name "${found.info.name}" in "${found.info.namespace}" ` +
                "already exists in the cluster and wasn't defined in the previous release. Before upgrading, please " +
                "either delete the resource from the cluster or remove it from the chart",
              0,
              "",
            );
          } else {
            await act("update", found, options);
            fake.objects.set(found.key, found.text);
          }
        }
      } catch (error) {
        if (options?.cleanupOnFail) { for (const key of created) fake.objects.delete(key); }
        throw error;
      }
      const kept = new Set(after.map((found) => found.key));
      for (const found of before.values()) {
        if (kept.has(found.key)) continue;
        await act("delete", found, options);
        fake.objects.delete(found.key);
      }
      if (options?.wait) {
        for (const one of after) await act(options.waitStrict ? "wait-strictly" : "wait", one, options);
      }
    },
    delete: async (infos, options) => {
      for (const found of some(infos)) {
        await act(options?.timeoutSeconds ? "delete-and-wait" : "delete", found, options);
        fake.objects.delete(found.key);
      }
    },
    table: (infos, options) =>
      new Promise((resolve) => {
        const found = options?.allowEmpty ? infos.map(foundIn) : some(infos);
        resolve(found.map(({ key }) => `==> v1/${key}\n`).join(""));
      }),
    exists: (infos) => Promise.resolve(some(infos).every((found) => fake.objects.has(found.key))),
    watchUntilReady: async (infos, _timeoutSeconds, options) => {
      for (const found of some(infos)) await act("watch", found, options);
    },
    waitUntilEstablished: async (infos, _timeoutSeconds, options) => {
      for (const found of some(infos)) await act("establish", found, options);
    },
    completedPodPhase: async (infos, _timeoutSeconds, options) => {
      const [found] = some(infos);
      if (found === undefined) return "Unknown";
      await act("complete", found, options);
      return fake.phases.get(`${found.info.namespace}/${found.info.name}`) ?? "Succeeded";
    },
    waitUntilReady: async (infos, _timeoutSeconds, options) => {
      for (const found of infos.map(foundIn)) await act("wait-unchanged", found, options);
    },
    explain: () => Promise.resolve(""),
    podLog: (namespace, pod) => Promise.resolve(`100% of ${namespace}/${pod}\n`),
    findTiller: () => Promise.resolve(undefined),
  };
}

/** Returns what the fake stores of an object: its key, and the text of its document. */
function foundIn(info: ResourceInfo): Found {
  const { resource, namespace, name, object } = info;
  return { key: `${resource.kind}/${namespace}/${name}`, text: String(object.text), info };
}

function parse(namespace: string, manifest: KubeManifest): ResourceInfo[] {
  return splitDocuments(manifest.text).flatMap((text): ResourceInfo[] => {
    const head = readHead(text);
    if (head.kind === "" && !/^[^#\s]/m.test(text)) return [];
    if (head.kind === "Nothing") {
      throw new KubeError('unable to recognize "": no matches for kind "Nothing" in version "v1"', 0, "");
    }
    const resource = {
      group: "",
      version: "v1",
      kind: head.kind,
      plural: `${head.kind.toLowerCase()}s`,
      namespaced: true,
    };
    const object = { kind: head.kind, text };
    return [{ resource, name: head.name, namespace: head.namespace || namespace, object }];
  });
}

function resolvable(namespace: string, manifest: KubeManifest): ResourceInfo[] {
  try {
    return parse(namespace, manifest);
  } catch {
    return [];
  }
}

function plural(found: Found): string {
  return found.info.resource.plural;
}
