/**
 * The rights that the tests of a release need.
 *
 * @module
 */
import { KubeManifest, type ResourceInfo, type Right } from "../../kube/mod.ts";
import type { HookEvent, Release } from "../../model/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import type { TestOptions } from "../run_tests.ts";
import { Needs } from "./needs.ts";
import { recordRights } from "./records.ts";

/** True for the events of tests. */
export function isTestEvent(event: HookEvent): boolean {
  return event === "test-success" || event === "test-failure";
}

/** Returns the rights that running a release's tests needs. */
export async function rightsOfTests(
  env: Environment,
  { hooks, namespace }: Pick<Release, "hooks" | "namespace">,
  { cleanup, logs, asHooks }: Pick<TestOptions, "cleanup" | "logs" | "asHooks"> = {},
): Promise<Right[]> {
  const needs = new Needs();
  for (const right of recordRights(env.driver, ["get", "list", "update"])) needs.add(right);
  for (const hook of hooks.filter(({ events }) => events.some(isTestEvent))) {
    needs.namespace(namespace);
    const policies = asHooks === true ? hook.deletePolicies : [];
    for (const info of await env.kube.resolve(namespace, new KubeManifest(hook.manifest), callOptions(env))) {
      needs.creation(info);
      needs.object(["get", "list", "watch", ...cleanup === true || policies.length > 0 ? ["delete"] : []], info);
      if (logs === true) needs.add(logRight(info));
    }
  }
  return needs.list();
}

function logRight({ namespace, name }: ResourceInfo): Right {
  return { verb: "get", group: "", resource: "pods/log", namespace, name: name === "" ? undefined : name };
}
