/**
 * The Tillers of a cluster, and what belongs to them: Deployments, pods, Services, Secrets, accounts and bindings.
 *
 * @module
 */
import type { TillerSettings } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, isObject, type JsonObject, listPaged, tillerSettings } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { isRefused } from "./_refused.ts";
import { secondsOf } from "./_object_words.ts";
import type { Examination } from "./examination.ts";
import { messageOf } from "../../base/mod.ts";

/** A Deployment of Tiller. */
export interface TillerDeployment {
  /** Namespace of the Deployment. */
  readonly namespace: string;
  /** Its name, such as `tiller-deploy`. */
  readonly name: string;
  /** Storage, limit of revisions, and namespace of the records. */
  readonly settings: TillerSettings;
  /** Tag of the image, such as `v2.16.1`; empty if it has none. */
  readonly version: string;
  /** The image. */
  readonly image: string;
  /** True if it asks its clients for certificates, or at least encrypts. */
  readonly hasTls: boolean;
  /** Wanted number of pods. */
  readonly replicas: number;
  /** Name of the service account; empty for the default one. */
  readonly account: string;
  /** Its pods. */
  readonly pods: readonly TillerPodState[];
  /** Why it has no pods, in the words of the server; empty if nothing says it. */
  readonly refusal: string;
}

/** The state of a pod of Tiller. */
export interface TillerPodState {
  /** Its name. */
  readonly name: string;
  /** True if it serves. */
  readonly isReady: boolean;
  /** When its container began, in Unix seconds; absent if it has not. */
  readonly startedSeconds?: number | undefined;
  /** Why its container does not run, such as `ImagePullBackOff: …`; empty if it runs. */
  readonly problem: string;
  /** Number of restarts. */
  readonly restarts: number;
}

/** An object that was made for a Tiller. */
export interface TillerObject {
  /** Such as `Service`. */
  readonly kind: string;
  /** Empty for cluster-scoped objects. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** More about it, such as `binds ClusterRole cluster-admin`; empty for nothing. */
  readonly detail: string;
}

/** Resources that Tillers, and what is made for them, are. */
export const TILLER_RESOURCES = {
  deployments: resource("apps", "Deployment", "deployments"),
  pods: resource("", "Pod", "pods"),
  services: resource("", "Service", "services"),
  secrets: resource("", "Secret", "secrets"),
  serviceAccounts: resource("", "ServiceAccount", "serviceaccounts"),
  clusterRoleBindings: {
    ...resource("rbac.authorization.k8s.io", "ClusterRoleBinding", "clusterrolebindings"),
    namespaced: false,
  },
  roleBindings: resource("rbac.authorization.k8s.io", "RoleBinding", "rolebindings"),
};

/** Selects what `helm init` made. */
export const TILLER_LABELS = "app=helm,name=tiller";

function resource(group: string, kind: string, plural: string): ApiResource {
  return { group, version: "v1", kind, plural, namespaced: true };
}

const known = new WeakMap<Examination, Promise<readonly TillerDeployment[]>>();

/** Returns the Deployments of Tiller with their pods; read once in an examination. */
export function tillerDeployments(examination: Examination): Promise<readonly TillerDeployment[]> {
  const reading = known.get(examination) ?? readDeployments(examination);
  known.set(examination, reading);
  return reading;
}

async function readDeployments(examination: Examination): Promise<readonly TillerDeployment[]> {
  const [deployments, pods] = await Promise.all([
    listOf(examination, TILLER_RESOURCES.deployments, { labelSelector: TILLER_LABELS }),
    listOf(examination, TILLER_RESOURCES.pods, { labelSelector: TILLER_LABELS }),
  ]);
  return deployments.flatMap((deployment) => tillerDeployment(deployment, pods) ?? []);
}

/** Lists objects of one kind where Tillers may be; a refusal is noted. */
async function listOf(
  { env, options, stores, noteUnseen }: Examination,
  kind: ApiResource,
  { whole = true, ...selected }: { labelSelector?: string; fieldSelector?: string; whole?: boolean },
): Promise<KubeObject[]> {
  const { transport } = env.kube.cluster;
  const query = { ...callOptions(env), ...selected, whole };
  try {
    return await listPaged(transport, kind, options.recordsNamespace ?? "", query) ?? [];
  } catch (error) {
    if (!isRefused(error)) throw error;
    const places = kind.namespaced ? new Set(stores.map(({ namespace }) => namespace).filter((one) => one !== "")) : [];
    const found: KubeObject[] = [];
    for (const namespace of places) {
      try {
        found.push(...await listPaged(transport, kind, namespace, query) ?? []);
      } catch (refusal) {
        if (!isRefused(refusal)) throw refusal;
      }
    }
    noteUnseen(`${kind.plural} of Tillers in all namespaces`, messageOf(error));
    return found;
  }
}

/** Returns the facts of a Deployment; `undefined` if it is none of Tiller. Pure. */
export function tillerDeployment(deployment: KubeObject, pods: readonly KubeObject[]): TillerDeployment | undefined {
  const settings = tillerSettings(deployment);
  if (settings === undefined) return undefined;
  const { namespace = "", name = "" } = deployment.metadata ?? {};
  const spec = mapOf(deployment.spec);
  const pod = mapOf(mapOf(spec.template).spec);
  const containers = listIn(pod.containers);
  const container = containers.find(({ name }) => name === "tiller") ?? containers[0] ?? {};
  const image = String(container.image ?? "");
  const words = [container.command, container.args].flatMap((part) => Array.isArray(part) ? part.map(String) : []);
  const hasTls = words.some((word) => /^--tls(-verify)?(=true|=1)?$/.test(word)) ||
    listIn(container.env).some(({ name, value }) => /^TILLER_TLS_(VERIFY|ENABLE)$/.test(String(name)) && value === "1");
  const refusal = listIn(mapOf(deployment.status).conditions)
    .find(({ type, status }) => type === "ReplicaFailure" && status === "True")?.message;
  return {
    namespace,
    name,
    settings,
    image,
    version: /:([^/:@]+)(@|$)/.exec(image)?.[1] ?? "",
    hasTls,
    replicas: typeof spec.replicas === "number" ? spec.replicas : 1,
    account: String(pod.serviceAccountName ?? ""),
    pods: pods.filter(({ metadata }) => metadata?.namespace === namespace).map(podState),
    refusal: typeof refusal === "string" ? refusal : "",
  };
}

function podState({ metadata, status }: KubeObject): TillerPodState {
  const { containerStatuses, conditions, phase, reason, message } = mapOf(status);
  const states = listIn(containerStatuses);
  const waiting = states.map(({ state }) => mapOf(mapOf(state).waiting)).find(({ reason }) => reason !== undefined);
  const ended = states.map(({ state, lastState }) => mapOf(mapOf(state).terminated ?? mapOf(lastState).terminated))
    .find((one) => one.reason !== undefined || one.exitCode !== undefined);
  const isReady = listIn(conditions).some(({ type, status }) => type === "Ready" && status === "True");
  const words = (of: JsonObject): string => [of.reason, of.message].filter((word) => word !== undefined).join(": ");
  const problems = [
    ...waiting === undefined ? [] : [words(waiting)],
    ...ended === undefined || isReady
      ? []
      : [`last ended with ${ended.reason ?? "exit code"} ${ended.exitCode ?? ""}`.trim()],
    ...phase === "Failed" ? [words({ reason: reason ?? "Failed", message } as JsonObject)] : [],
    ...listIn(conditions).filter(({ type, status }) => type === "PodScheduled" && status === "False").map(words),
  ];
  const started = states.map(({ state }) => secondsOf(mapOf(mapOf(state).running).startedAt)).find((time) =>
    time !== undefined
  );
  return {
    name: metadata?.name ?? "",
    isReady,
    ...started === undefined ? {} : { startedSeconds: started },
    problem: isReady ? "" : problems.join("; "),
    restarts: states.reduce((sum, { restartCount }) => sum + Number(restartCount ?? 0), 0),
  };
}

/** Returns what was made for Tillers in namespaces in which none is to run. */
export async function tillerObjects(
  examination: Examination,
  deployments: readonly TillerDeployment[],
): Promise<TillerObject[]> {
  const running = new Set(deployments.filter(({ replicas }) => replicas > 0).map(({ namespace }) => namespace));
  const idle = deployments.filter(({ replicas }) => replicas === 0);
  const isLeft = ({ metadata }: KubeObject): boolean => !running.has(metadata?.namespace ?? "");
  const [services, secrets, accounts, bindings] = await Promise.all([
    listOf(examination, TILLER_RESOURCES.services, { labelSelector: TILLER_LABELS, whole: false }),
    listOf(examination, TILLER_RESOURCES.secrets, { fieldSelector: "metadata.name=tiller-secret", whole: false }),
    listOf(examination, TILLER_RESOURCES.serviceAccounts, { fieldSelector: "metadata.name=tiller", whole: false }),
    listOf(examination, TILLER_RESOURCES.clusterRoleBindings, {}),
  ]);
  const told = (kind: string, { metadata }: KubeObject, detail = ""): TillerObject => ({
    kind,
    namespace: metadata?.namespace ?? "",
    name: metadata?.name ?? "",
    detail,
  });
  const left = [
    ...idle.map(({ namespace, name }) => ({ kind: "Deployment", namespace, name, detail: "wants no pods" })),
    ...services.filter(isLeft).map((object) => told("Service", object)),
    ...secrets.filter(isLeft).map((object) => told("Secret", object)),
  ];
  const named = new Map(accounts.filter(isLeft).map((object) => [`${object.metadata?.namespace}/tiller`, object]));
  const wanted = new Set([
    ...named.keys(),
    ...idle.filter(({ account }) => account !== "").map(({ namespace, account }) => `${namespace}/${account}`),
  ]);
  const found: TillerObject[] = [];
  for (const account of wanted) found.push(...await accountObjects(examination, account, named, bindings));
  // A binding may name an account that is gone: the user who creates it again has its rights.
  const orphaned = bindings.filter((binding) =>
    accountsOf(binding).some((account) =>
      /\/tiller$/.test(account) && !wanted.has(account) && !running.has(account.split("/", 1)[0] ?? "")
    )
  );
  return [
    ...left,
    ...found,
    ...orphaned.map((binding) =>
      told("ClusterRoleBinding", binding, `${roleOf(binding)} to an account that does not exist`)
    ),
  ];
}

async function accountObjects(
  examination: Examination,
  account: string,
  named: ReadonlyMap<string, KubeObject>,
  bindings: readonly KubeObject[],
): Promise<TillerObject[]> {
  const [namespace = "", name = ""] = account.split("/", 2);
  const { transport } = examination.env.kube.cluster;
  const options = callOptions(examination.env);
  const users = await listPaged(transport, TILLER_RESOURCES.pods, namespace, {
    ...options,
    fieldSelector: `spec.serviceAccountName=${name}`,
  });
  const local = await listPaged(transport, TILLER_RESOURCES.roleBindings, namespace, { ...options, whole: true });
  const others = (users ?? []).filter(({ metadata }) => metadata?.labels?.name !== "tiller").map(({ metadata }) =>
    metadata?.name ?? ""
  );
  const usedBy = others.length === 0 ? "no other pod uses it" : `pods use it, too: ${others.slice(0, 5).join(", ")}`;
  const isFor = (binding: KubeObject): boolean => accountsOf(binding).includes(account);
  return [
    ...named.has(account) ? [{ kind: "ServiceAccount", namespace, name, detail: usedBy }] : [],
    ...[...bindings, ...local ?? []].filter(isFor).map((binding): TillerObject => ({
      kind: binding.metadata?.namespace === undefined ? "ClusterRoleBinding" : "RoleBinding",
      namespace: binding.metadata?.namespace ?? "",
      name: binding.metadata?.name ?? "",
      detail: roleOf(binding),
    })),
  ];
}

/** Returns the role that a binding names: `binds ClusterRole cluster-admin`. */
export function roleOf({ roleRef }: KubeObject): string {
  const { kind, name } = mapOf(roleRef);
  return `binds ${kind} ${name}`;
}

/** Returns the service accounts that a binding names, as `NAMESPACE/NAME`. */
export function accountsOf({ subjects }: KubeObject): string[] {
  return listIn(subjects).filter(({ kind }) => kind === "ServiceAccount")
    .map(({ namespace, name }) => `${namespace}/${name}`);
}

function mapOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function listIn(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
