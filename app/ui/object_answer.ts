/**
 * One object: as it is in the cluster, as the record has it, and what differs.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { asList, asObject, asText } from "../../engine/base/mod.ts";
import { encodeYaml } from "../../engine/lang/yaml/mod.ts";
import type { Change } from "../../engine/kube/explain/mod.ts";
import { objectState } from "../../engine/kube/ready/mod.ts";
import type { KubeObject, Release } from "../../engine/model/mod.ts";
import type { UiCall } from "./call.ts";
import type { UiCluster } from "./clusters.ts";
import { eventOf } from "./events.ts";
import { maskOf } from "./masks.ts";
import { podDetails } from "./pods.ts";
import { recordedObject } from "./recorded_objects.ts";
import { unixSeconds } from "./resource_nodes.ts";
import type { LiveObjectAnswer, UiCondition } from "./types.ts";

/** The object that a path names. */
interface Named {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** Returns an object of a release, or of those that they own. */
export async function objectAnswer(call: UiCall, { skeg }: UiCluster, release: Release): Promise<LiveObjectAnswer> {
  const { signal, ui, params } = call;
  const named = namedIn(params);
  const { kind, namespace, name } = named;
  const record = recordedObject(release, named);
  const subject = { kind, namespace, name };
  const [live, events] = await Promise.all([
    skeg.object(named, { signal }),
    // Without the right to read events the object is shown without.
    skeg.events([subject], { signal }).catch((error) => noneFrom(error, signal)),
  ]);
  if (live === undefined && record === undefined) throw new SkegError("not-found", `${kind}/${name} does not exist`);
  const mask = await maskOf(ui, [release], live === undefined ? [] : [live]);
  const { state, reason } = live === undefined ? MISSING : objectState(live);
  return {
    gvk: `${named.apiVersion}/${kind}`,
    namespace,
    name,
    state,
    reason: mask.text(reason),
    live: yamlOf(live && withoutManagedFields(mask.object(live))),
    record: yamlOf(record && mask.object(record)),
    changes: record === undefined ? [] : await changesOf(call, skeg, release, named),
    conditions: asList(asObject(live?.status).conditions).map((each) => conditionOf(asObject(each), mask.text)),
    events: events.toReversed().map((event) => eventOf(event, mask.text)),
    pod: live !== undefined && kind === "Pod" ? podDetails(live, mask.text) : null,
  };
}

const MISSING = { state: "missing", reason: "it does not exist" } as const;

function noneFrom(error: unknown, signal: AbortSignal): KubeObject[] {
  if (signal.aborted || !(error instanceof SkegError)) throw error;
  return [];
}

function namedIn({ gvk = "", ns = "", object = "" }: Readonly<Record<string, string>>): Named {
  const [, apiVersion, kind] = /^((?:[\w.-]+\/)?[\w-]+)\/(\w+)$/.exec(gvk) ?? [];
  if (apiVersion === undefined || kind === undefined) {
    throw new SkegError("usage", "the kind must be VERSION/KIND or GROUP/VERSION/KIND, encoded as one part");
  }
  return { apiVersion, kind, namespace: ns === "-" ? "" : ns, name: object };
}

async function changesOf(
  { signal }: UiCall,
  skeg: UiCluster["skeg"],
  { name, revision }: Release,
  wanted: Named,
): Promise<readonly Change[]> {
  try {
    const { objects } = await skeg.diff(name, { from: revision, live: true, signal });
    return objects.find(({ id }) =>
      id.kind === wanted.kind && id.name === wanted.name && id.namespace === wanted.namespace
    )
      ?.changes ?? [];
  } catch (error) {
    if (signal.aborted || !(error instanceof SkegError)) throw error;
    return [];
  }
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata ?? {};
  return { ...object, metadata };
}

function yamlOf(object: KubeObject | undefined): string {
  return object === undefined ? "" : encodeYaml(object);
}

function conditionOf(condition: Readonly<Record<string, unknown>>, mask: (text: string) => string): UiCondition {
  return {
    type: asText(condition.type),
    status: asText(condition.status),
    reason: asText(condition.reason),
    message: mask(asText(condition.message)),
    since: unixSeconds(condition.lastTransitionTime),
  };
}
