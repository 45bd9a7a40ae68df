/**
 * Which objects are waited for, and by which rule.
 *
 * @module
 */
import type { KubeObject } from "../../model/mod.ts";
import { asText } from "../json.ts";
import { groupVersion } from "../paths.ts";
import type { ApiResource, ResourceInfo } from "../types.ts";
import type { WaitSettings } from "./settings.ts";
import {
  customRuleOf,
  helmRuleOf,
  isUnseen,
  type ObjectState,
  objectState,
  type Related,
  rulesOf,
  unless,
  UNSEEN,
  type WaitRule,
} from "../ready/mod.ts";

/** An object that is waited for. */
export interface WaitTarget {
  readonly info: ResourceInfo;
  /** The resource through which it is read. */
  readonly resource: ApiResource;
  /** The objects that its rule reads; `pods` alone: the object itself is not read. */
  readonly reads: "object" | "pods" | "replicaSets";
  /** True for rules of `--wait-strict=all`. */
  readonly isStrict: boolean;
  /** The rule of a custom resource, if it is data. */
  readonly rule?: WaitRule | undefined;
  readonly judge: (object: KubeObject, related: Related) => ObjectState;
}

/** An object with this annotation is not waited for if its value is `false`. */
export const WAIT_ANNOTATION = "skeg.dev/wait";

/** Returns the objects that are waited for, in order. */
export function targetsOf(infos: readonly ResourceInfo[], settings: WaitSettings): WaitTarget[] {
  return infos.filter((info) => info.name !== "" && !isIgnored(info, settings.waitIgnore ?? []))
    .flatMap((info) => targetOf(info, settings) ?? []);
}

/** Returns the entries of `waitIgnore` that name no object. */
export function unusedIgnores(infos: readonly ResourceInfo[], waitIgnore: readonly string[]): string[] {
  return waitIgnore.filter((entry) => !infos.some((info) => isIgnored({ ...info, object: {} }, [entry])));
}

function isIgnored({ resource, name, object }: ResourceInfo, entries: readonly string[]): boolean {
  if (object.metadata?.annotations?.[WAIT_ANNOTATION] === "false") return true;
  return entries.some((entry) => {
    const [kind = "", wanted] = entry.split("/", 2);
    const isKind = [resource.kind, resource.plural].some((each) => each.toLowerCase() === kind.toLowerCase());
    return isKind && (wanted === undefined || wanted === name);
  });
}

function targetOf(info: ResourceInfo, settings: WaitSettings): WaitTarget | undefined {
  const { group, kind } = info.resource;
  const strict = (): WaitTarget => ({
    info,
    resource: info.resource,
    reads: "object",
    isStrict: true,
    rule: customRuleOf(group, kind, settings.waitRules),
    judge: (object, related) => objectState(asKind(object, info.resource), related, settings.waitRules),
  });
  if (settings.waitStrict === "all") return strict();
  if (settings.waitJobs === true && group === "batch" && kind === "Job") return strict();
  const helm = helmRuleOf(group, info.resource.version, kind);
  if (helm === undefined) return undefined;
  const rollout = settings.waitStrict === true ? rulesOf(group, kind)?.rollout : undefined;
  if (rollout !== undefined) {
    const judge = (object: KubeObject, related: Related): ObjectState =>
      // A status without a generation is older than the object.
      unless(isUnseen(object) || isUnknown(object) ? UNSEEN : rollout(object, related));
    return { info, resource: info.resource, reads: "object", isStrict: false, judge };
  }
  const judge = (object: KubeObject, related: Related): ObjectState => unless(helm.missing(object, related));
  return { info, resource: { ...info.resource, ...helm.as }, reads: helm.reads, isStrict: false, judge };
}

/** True if a controller has not written the generation that it has seen, and should. */
function isUnknown({ metadata, status }: KubeObject): boolean {
  const seen = (status as { observedGeneration?: unknown } | undefined)?.observedGeneration;
  return seen === undefined && (metadata?.generation ?? 0) > 0;
}

/** Returns the object with its kind, which lists and metadata alone do not have. */
export function asKind(object: KubeObject, { group, version, kind }: ApiResource): KubeObject {
  return asText(object.kind) === kind && object.apiVersion !== undefined
    ? object
    : { ...object, kind, apiVersion: groupVersion(group, version) };
}
