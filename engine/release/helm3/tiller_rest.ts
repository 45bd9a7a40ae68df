/**
 * Finds what belongs to the Tiller of a storage that has no more records: its Deployment, its account, and what binds it.
 *
 * Only reads. An account or a binding may have been made for more than Tiller, so a person has to name what is removed.
 *
 * @module
 */
import { KubeError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { type ApiResource, isObject, listPaged } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { accountsOf, roleOf, TILLER_LABELS, TILLER_RESOURCES, tillerDeployment } from "../doctor/tiller_facts.ts";
import type { Environment } from "../environment.ts";
import { rawRecords } from "../repair/records.ts";
import { storageFlag } from "../repair/undo.ts";
import { journalPlace } from "./tools.ts";

/** An object that belongs to the Tiller of a storage. */
export interface TillerPart {
  /** Such as `ClusterRoleBinding`. */
  readonly kind: string;
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  /** Its name. */
  readonly name: string;
  /** More about it, such as `binds ClusterRole cluster-admin`; empty for nothing. */
  readonly detail: string;
  /** The command line that removes it; empty when something else may need it. */
  readonly removal: string;
}

/** Everything that belongs to the Tiller of a storage. */
export interface TillerRest {
  /** In the order in which they are best removed. */
  readonly parts: readonly TillerPart[];
  /** Lists that could not be read, such as `clusterrolebindings of the cluster`. */
  readonly unseen: readonly string[];
}

/** Lists whole objects. Returns `undefined`, and notes it, if that failed: the records are removed already. */
type List = (
  resource: ApiResource,
  namespace: string,
  query?: { readonly labelSelector?: string; readonly fieldSelector?: string },
) => Promise<readonly KubeObject[] | undefined>;

/** The bindings that could be listed. */
interface Bindings {
  readonly cluster: readonly KubeObject[];
  readonly roles: readonly KubeObject[];
}

/** Finds what belongs to the Tiller whose records are in the storage of `env`. */
export async function tillerRest(env: Environment): Promise<TillerRest> {
  const unseen: string[] = [];
  const list = listingOf(env, unseen);
  const { kind, namespace } = rawRecords(env);
  const home = namespace || journalPlace(env);
  const wide = async (resource: ApiResource, labelSelector?: string): Promise<readonly KubeObject[]> => {
    const query = labelSelector === undefined ? {} : { labelSelector };
    return await list(resource, "", query) ?? await list(resource, home, query) ?? [];
  };
  const tillers = (await wide(TILLER_RESOURCES.deployments, TILLER_LABELS))
    .flatMap((deployment) => tillerDeployment(deployment, []) ?? []);
  const own = tillers.filter(({ settings }) =>
    settings.storage === storageFlag(kind) && (kind === "SQL" || settings.namespace === namespace)
  );
  const others = tillers.filter((tiller) => !own.includes(tiller));
  const bindings: Bindings = {
    cluster: await list(TILLER_RESOURCES.clusterRoleBindings, "") ?? [],
    roles: await wide(TILLER_RESOURCES.roleBindings),
  };
  const parts: TillerPart[] = [];
  for (const place of new Set([home, ...own.map(({ namespace }) => namespace)])) {
    const here = own.filter(({ namespace }) => namespace === place);
    const beside = others.filter(({ namespace }) => namespace === place);
    if (beside.length === 0) parts.push(...await programParts(list, place, here.map(({ name }) => name)));
    const taken = new Set(beside.map(({ account }) => account || "default"));
    const names = new Set([...here.map(({ account }) => account || "default"), "tiller"]);
    for (const name of names) {
      if (!taken.has(name)) parts.push(...await accountParts(list, place, name, bindings));
    }
  }
  return { parts, unseen: [...new Set(unseen)] };
}

function listingOf(env: Environment, unseen: string[]): List {
  return async (resource, namespace, query = {}) => {
    try {
      const options = { ...callOptions(env), ...query, whole: true };
      return await listPaged(env.kube.cluster.transport, resource, namespace, options) ?? [];
    } catch (error) {
      if (!(error instanceof KubeError) || error.kind === "aborted") throw error;
      unseen.push(`${resource.plural} ${namespace === "" ? "of the cluster" : `in namespace ${namespace}`}`);
      return undefined;
    }
  };
}

/** Returns Tiller's Deployments, its Service and its Secret. */
async function programParts(list: List, place: string, deployments: readonly string[]): Promise<TillerPart[]> {
  const reset = `skeg reset --tiller-namespace ${place}`;
  const services = await list(TILLER_RESOURCES.services, place, { labelSelector: TILLER_LABELS });
  const secrets = await list(TILLER_RESOURCES.secrets, place, { fieldSelector: "metadata.name=tiller-secret" });
  const part = (kind: string, name: string, isReset: boolean): TillerPart => {
    const removal = isReset ? reset : `kubectl delete ${kind.toLowerCase()} ${name} --namespace ${place}`;
    return { kind, namespace: place, name, detail: "", removal };
  };
  return [
    ...deployments.map((name) => part("Deployment", name, name === "tiller-deploy")),
    ...(services ?? []).map(nameOf).map((name) => part("Service", name, name === "tiller-deploy")),
    ...(secrets ?? []).map(nameOf).map((name) => part("Secret", name, true)),
  ];
}

/** Returns what binds an account, the roles that only these bindings name, and the account. */
async function accountParts(list: List, place: string, name: string, bindings: Bindings): Promise<TillerPart[]> {
  const accounts = await list(TILLER_RESOURCES.serviceAccounts, place, { fieldSelector: `metadata.name=${name}` });
  const users = await list(TILLER_RESOURCES.pods, place, { fieldSelector: `spec.serviceAccountName=${name}` });
  const pods = users?.filter(({ metadata }) => metadata?.labels?.["name"] !== "tiller");
  const isShared = name === "default" || pods === undefined || pods.length > 0;
  const account = `${place}/${name}`;
  const isFor = (binding: KubeObject): boolean => accountsOf(binding).includes(account);
  const own = [...bindings.cluster.filter(isFor), ...bindings.roles.filter(isFor)]
    .map((binding) => ({ binding, part: bindingPart(binding, account, isShared) }));
  // The account `default` is the namespace's, not Tiller's.
  const use = pods === undefined
    ? "the pods that may use it could not be listed"
    : isShared
    ? `pods use it, too: ${pods.slice(0, 5).map(nameOf).join(", ")}`
    : "no other pod uses it";
  return [
    ...own.map(({ part }) => part),
    ...own.filter(({ part }) => part.removal !== "").flatMap(({ binding }) => rolePart(binding, bindings) ?? []),
    ...accounts !== undefined && accounts.length > 0 && name !== "default"
      ? [{
        kind: "ServiceAccount",
        namespace: place,
        name,
        detail: use,
        removal: isShared ? "" : `kubectl delete serviceaccount ${name} --namespace ${place}`,
      }]
      : [],
  ];
}

function bindingPart(binding: KubeObject, account: string, isShared: boolean): TillerPart {
  const namespace = binding.metadata?.namespace ?? "";
  const name = nameOf(binding);
  const subjects = Array.isArray(binding.subjects) ? binding.subjects.length : 0;
  const others = subjects - accountsOf(binding).filter((one) => one === account).length;
  const kind = namespace === "" ? "ClusterRoleBinding" : "RoleBinding";
  const where = namespace === "" ? "" : ` --namespace ${namespace}`;
  const more = others > 0 ? ", and for other subjects, too" : isShared ? ", and other pods may need it" : "";
  return {
    kind,
    namespace,
    name,
    detail: `${roleOf(binding)}${more}`,
    removal: more === "" ? `kubectl delete ${kind.toLowerCase()} ${name}${where}` : "",
  };
}

/** Returns the Role that a binding names, if no other binding names it. ClusterRoles may be built in. */
function rolePart(binding: KubeObject, { roles }: Bindings): TillerPart | undefined {
  const namespace = binding.metadata?.namespace ?? "";
  const role = (of: KubeObject): string =>
    isObject(of.roleRef) && of.roleRef.kind === "Role" ? String(of.roleRef.name) : "";
  const name = role(binding);
  const users = roles.filter((one) => one.metadata?.namespace === namespace && role(one) === name);
  if (namespace === "" || name === "" || users.length > 1) return undefined;
  const removal = `kubectl delete role ${name} --namespace ${namespace}`;
  return { kind: "Role", namespace, name, detail: "no other binding names it", removal };
}

function nameOf({ metadata }: KubeObject): string {
  return metadata?.name ?? "";
}
