/**
 * A transport that allows what RBAC roles allow, and refuses the rest as an API server does.
 *
 * @module
 */
import type { KubeObject } from "../../engine/model/mod.ts";
import type { KubeRequest, Right, Transport } from "../../engine/kube/mod.ts";

/** A rule of a role. */
export interface Rule {
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly verbs: readonly string[];
}

const VERBS = { POST: "create", PUT: "update", PATCH: "patch", DELETE: "delete" } as const;

/** Returns what a request asks for; `undefined` for discovery and versions, which every user may read. */
export function rightOf({ method, path }: Pick<KubeRequest, "method" | "path">): Right | undefined {
  const [address = "", query = ""] = path.split("?", 2);
  const parts = address.split("/").filter((part) => part !== "").map(decodeURIComponent);
  const [root, ...rest] = parts;
  const group = root === "apis" ? rest[0] ?? "" : "";
  const inside = root === "apis" ? rest.slice(2) : root === "api" ? rest.slice(1) : [];
  if (inside.length === 0) return undefined;
  const isSpace = inside[0] === "namespaces" && inside.length > 2;
  const [plural = "", given, subresource] = isSpace ? inside.slice(2) : inside;
  const namespace = isSpace ? inside[1] ?? "" : plural === "namespaces" ? given ?? "" : "";
  const params = new URLSearchParams(query);
  const selected = /^metadata\.name=(.+)$/.exec(params.get("fieldSelector") ?? "")?.[1];
  const name = given ?? selected;
  const verb = method !== "GET" ? VERBS[method] : params.get("watch") === "true" ? "watch" : given ? "get" : "list";
  const resource = subresource === undefined ? plural : `${plural}/${subresource}`;
  return { verb, group, resource, namespace, ...name === undefined ? {} : { name } };
}

/** True if a rule allows a right. */
function allows(rule: Rule, right: Right): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list?.includes("*") === true || list?.includes(value) === true;
  const named = rule.resourceNames === undefined || rule.resourceNames.includes(right.name ?? "");
  return has(rule.verbs, right.verb) && has(rule.apiGroups, right.group) && has(rule.resources, right.resource) &&
    named;
}

/** Returns a transport that sends only what `roles` allow. `refused` collects what they do not. */
export function limited(transport: Transport, roles: readonly KubeObject[], refused: Right[] = []): Transport {
  return async (request) => {
    const right = rightOf(request);
    const isAllowed = right === undefined ||
      roles.some(({ kind, metadata, rules }) =>
        (kind === "ClusterRole" || kind === "Role" && metadata?.namespace === right.namespace) &&
        (rules as Rule[]).some((rule) => allows(rule, right))
      );
    if (right === undefined || isAllowed) return await transport(request);
    refused.push(right);
    const { verb, resource, group } = right;
    const message = `${resource}.${group} is forbidden: User "test" cannot ${verb} resource "${resource}"`;
    const body = { kind: "Status", apiVersion: "v1", status: "Failure", reason: "Forbidden", code: 403, message };
    return Response.json(body, { status: 403 });
  };
}

/** Returns the roles once for each of their rules, without that rule. */
export function withoutEachRule(roles: readonly KubeObject[]): { readonly rule: Rule; readonly roles: KubeObject[] }[] {
  return roles.flatMap((role, at) => {
    const rules = Array.isArray(role.rules) ? role.rules as Rule[] : [];
    return rules.map((rule) => ({
      rule,
      roles: roles.map((one, index) =>
        index === at ? { ...role, rules: rules.filter((other) => other !== rule) } : one
      ),
    }));
  });
}
