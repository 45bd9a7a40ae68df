/**
 * Rights, and the server's answer to the question whether a user has them.
 *
 * @module
 */
import { call } from "./call.ts";
import { asObject, asText, type JsonObject } from "./json.ts";
import { concurrently } from "./runs.ts";
import type { KubeCallOptions, ResourceInfo, Transport } from "./types.ts";
import type { WaitSettings } from "./wait/settings.ts";
import { stringifyJson } from "./yaml.ts";

/** One right, as RBAC knows it. */
export interface Right {
  /** Such as `get`, `list`, `watch`, `create`, `update`, `patch` or `delete`. */
  readonly verb: string;
  /** Group of the resource; empty for the core group. */
  readonly group: string;
  /** Plural name, with the subresource: `deployments`, `pods/log`. Empty for an address without a resource. */
  readonly resource: string;
  /** Namespace of the objects; empty: cluster-scoped objects, or those of all namespaces. */
  readonly namespace: string;
  /** Name of the only object; absent: any object. */
  readonly name?: string | undefined;
  /** Path of an address without a resource, such as `/metrics`. */
  readonly url?: string | undefined;
}

/** A user whose rights are asked for. */
export interface AccessSubject {
  /** Such as `ann` or `system:serviceaccount:shop:deployer`. */
  readonly user?: string | undefined;
  /** Groups of the user. */
  readonly groups?: readonly string[] | undefined;
}

/** Options of {@linkcode missingRights}. */
export interface AccessOptions extends KubeCallOptions {
  /** Default: the user of the kubeconfig. */
  readonly subject?: AccessSubject | undefined;
}

/**
 * Returns the rights that a user does not have, in their order. Sends one access review for each right.
 *
 * @throws KubeError when the server does not answer access reviews, or may not be asked about another user.
 */
export async function missingRights(
  transport: Transport,
  rights: readonly Right[],
  options: AccessOptions = {},
): Promise<Right[]> {
  const allowed = await concurrently(rights, (right) => isAllowed(transport, right, options));
  return rights.filter((_, index) => allowed[index] !== true);
}

async function isAllowed(transport: Transport, right: Right, { subject, signal }: AccessOptions): Promise<boolean> {
  const kind = subject === undefined ? "SelfSubjectAccessReview" : "SubjectAccessReview";
  const path = `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`;
  const spec = { ...subject === undefined ? {} : { user: subject.user, groups: subject.groups }, ...attributes(right) };
  const body = stringifyJson({ apiVersion: "authorization.k8s.io/v1", kind, spec } as JsonObject);
  const answer = await call(transport, { method: "POST", path, body, signal });
  return asObject(answer.status).allowed === true;
}

function attributes({ verb, group, resource, namespace, name, url }: Right): JsonObject {
  if (url !== undefined) return { nonResourceAttributes: { verb, path: url } };
  const [plural = "", subresource] = resource.split("/", 2);
  return {
    resourceAttributes: {
      verb,
      group,
      resource: plural,
      ...subresource === undefined ? {} : { subresource },
      ...namespace === "" ? {} : { namespace },
      ...name === undefined ? {} : { name },
    },
  };
}

/** Returns a right in words, such as `create deployments.apps in namespace "shop"`. */
export function describeRight({ verb, group, resource, namespace, name, url }: Right): string {
  if (url !== undefined) return `${verb} ${url}`;
  const [plural = "", subresource] = resource.split("/", 2);
  const what = `${plural}${group === "" ? "" : `.${group}`}${subresource === undefined ? "" : `/${subresource}`}`;
  const named = name === undefined ? "" : ` ${JSON.stringify(asText(name))}`;
  return `${verb} ${what}${named}${namespace === "" ? "" : ` in namespace ${JSON.stringify(namespace)}`}`;
}

/**
 * Returns what a wait for objects lists and watches, and without which it has no verdict. Events, pods and logs, which only
 * explain, are not among it.
 */
export async function waitReads(
  infos: readonly ResourceInfo[],
  settings: WaitSettings,
): Promise<Omit<Right, "verb">[]> {
  const [{ targetsOf }, { requiredQueries }] = await Promise.all([
    import("./wait/targets.ts"),
    import("./wait/needs.ts"),
  ]);
  return requiredQueries(targetsOf(infos, settings)).map(({ resource, namespace, names = [] }) => ({
    group: resource.group,
    resource: resource.plural,
    namespace,
    // A single object is selected by its name.
    name: names.length === 1 ? names[0] : undefined,
  }));
}
