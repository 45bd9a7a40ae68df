/**
 * The rights that a release needs, whatever its next revision changes.
 *
 * @module
 */
import { KubeManifest, type ResourceInfo, type Right } from "../../kube/mod.ts";
import { HOOK_EVENTS, type Release } from "../../model/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { findable } from "../removed.ts";
import { isTestEvent } from "./test_rights.ts";
import { withoutHeldBindings } from "./granted.ts";
import { addHooks } from "./hook_rights.ts";
import { Needs } from "./needs.ts";
import { recordRights } from "./records.ts";
import { definedKinds, resolveSoon } from "./resources.ts";

/** Options of {@linkcode rightsOfRelease}. */
export interface ReleaseRightsOptions {
  /** If true, without those to the records. */
  readonly withoutRecords?: boolean | undefined;
  /** If true, without those of hooks. */
  readonly disableHooks?: boolean | undefined;
  /** Older revisions whose objects the release still has, such as the DEPLOYED one after a failed upgrade. */
  readonly before?: readonly Pick<Release, "manifest" | "namespace">[] | undefined;
}

/**
 * Returns the rights that upgrading, rolling back and deleting a release need: to read, create, change and delete every
 * object of its manifest, to run its hooks, and to keep its records.
 *
 * One right for each verb, kind and object, so that each can be asked for with an access review. An operation whose plan is
 * known needs fewer: see `rightsOfPlan`.
 *
 * @throws UnknownKindError for a kind that the server does not have.
 */
export async function rightsOfRelease(
  env: Environment,
  release: Pick<Release, "manifest" | "hooks" | "namespace">,
  { withoutRecords = false, disableHooks = false, before = [] }: ReleaseRightsOptions = {},
): Promise<Right[]> {
  const needs = new Needs();
  const manifest = new KubeManifest(release.manifest);
  const defined = definedKinds([manifest], release.hooks);
  if (!withoutRecords) { for (const right of recordRights(env.driver)) needs.add(right); }
  needs.namespace(release.namespace);
  const infos = [
    ...await resolveSoon(env, release.namespace, manifest, defined),
    ...(await Promise.all(before.map((older) => objectsThatExist(env, older)))).flat(),
  ];
  for (const info of infos) {
    needs.object(["get", "patch", "delete"], info);
    needs.creation(info);
  }
  const written = [...infos];
  const events = disableHooks ? [] : HOOK_EVENTS.filter((event) => !isTestEvent(event));
  for (const event of events) written.push(...await addHooks(env, needs, release, event, defined));
  return withoutHeldBindings(needs.list(), written);
}

/** Returns the objects of an older revision, without those whose kind the server no longer has. */
async function objectsThatExist(
  env: Environment,
  { namespace, manifest }: Pick<Release, "manifest" | "namespace">,
): Promise<readonly ResourceInfo[]> {
  const known = await findable(env, namespace, new KubeManifest(manifest), true);
  return await env.kube.resolve(namespace, known, { ...callOptions(env), skipUnresolved: true });
}
