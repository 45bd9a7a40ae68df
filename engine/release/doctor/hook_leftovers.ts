/**
 * O7: objects of hooks are left, so that the next run of the hook, or the next install, says that they exist.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Hook, HookEvent, KubeObject, Release, Timestamp } from "../../model/mod.ts";
import { isObject, type JsonObject, type ResourceInfo } from "../../kube/mod.ts";
import { keyOf } from "../object_names.ts";
import { durationText, objectWords, secondsOf, toldOf } from "./_object_words.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import type { FindingDetails, FindingSeverity } from "./finding.ts";
import { finishedState } from "../repair/finished.ts";
import { HOOK } from "./orphans.ts";
import { propose } from "./repairs.ts";

/** O7. */
export const hookLeftovers: DoctorCheck = {
  id: "O7",
  name: "hook-leftovers",
  scope: "release",
  async look(examination, examined) {
    const { newest } = await revisionsOf(examined);
    // While an operation is unfinished, its hooks may be running.
    if (newest === undefined || /^(PENDING_|DELETING|UNKNOWN)/.test(newest.release.info.status.code)) return [];
    const left: LeftHook[] = [];
    for (const hook of newest.release.hooks) {
      const when = nextTrouble(hook, newest.release);
      if (when === undefined) continue;
      const { infos } = await examined.live.objectsOf({ ...newest.release, manifest: hook.manifest });
      const existing = await examined.live.existing(infos);
      const found = infos.filter((info) => existing.has(keyOf(info)) && !existing.get(keyOf(info))?.isUnread);
      const works = found.filter(({ resource }) => resource.kind === "Job" || resource.kind === "Pod");
      const looks = await examined.live.read(works);
      for (const info of found) {
        const look = looks.get(keyOf(info));
        const object = look?.state === "live" ? look.object : undefined;
        left.push({
          hook,
          when,
          info,
          state: object === undefined ? "" : workState(object),
          isCleanable: object !== undefined && finishedState(object) !== undefined &&
            object.metadata?.annotations?.[HOOK] === info.object.metadata?.annotations?.[HOOK],
          created: existing.get(keyOf(info))?.metadata.creationTimestamp,
        });
      }
    }
    return left.length === 0 ? [] : [finding(left, newest.release, examined, examination.now)];
  },
};

/** When a left object stops an operation. */
type Trouble = "upgrade" | "delete" | "test" | "install";

/** The object of a hook that is left. */
interface LeftHook {
  readonly hook: Hook;
  readonly when: Trouble;
  readonly info: ResourceInfo;
  /** Such as `succeeded`; empty for kinds that do no work. */
  readonly state: string;
  /** True if the repair deletes it: it has finished, and carries the hook's annotation. */
  readonly isCleanable: boolean;
  readonly created: string | undefined;
}

const RUNS: readonly (readonly [Trouble, readonly HookEvent[]])[] = [
  ["upgrade", ["pre-upgrade", "post-upgrade", "pre-rollback", "post-rollback"]],
  ["delete", ["pre-delete", "post-delete"]],
  ["test", ["test-success", "test-failure"]],
  ["install", ["pre-install", "post-install", "crd-install"]],
];

/**
 * Returns the operation that a left object of the hook stops; `undefined` if none: the hook deletes it first, or the object
 * is meant to stay. Pure.
 */
export function nextTrouble(
  { events, deletePolicies, kind }: Hook,
  { info }: Pick<Release, "info">,
): Trouble | undefined {
  if (deletePolicies.includes("before-hook-creation")) return undefined;
  const isDeleted = info.status.code === "DELETED";
  const when = RUNS.find(([, all]) => events.some((event) => all.includes(event)))?.[0];
  if (isDeleted) return when === undefined ? undefined : "install";
  // Hooks of an install that are not work, such as Secrets and CustomResourceDefinitions, are used afterwards.
  if (when === "install" && kind !== "Job" && kind !== "Pod") return undefined;
  return when;
}

/** Returns what a Job or Pod did. */
export function workState({ status }: KubeObject): string {
  const { active, succeeded, failed, phase } = isObject(status) ? status : {} as JsonObject;
  if (typeof phase === "string") return phase.toLowerCase();
  if (Number(active ?? 0) > 0) return "active";
  if (Number(succeeded ?? 0) > 0) return "succeeded";
  return Number(failed ?? 0) > 0 ? "failed" : "not started";
}

const NEXT: Readonly<Record<Trouble, string>> = {
  upgrade: "The next upgrade or rollback that runs the hook under this name says `already exists`.",
  delete: "The deletion of the release says `already exists`.",
  test: "The next run of the tests says `already exists`.",
  install: "After a purge, the next install says `already exists`.",
};

function finding(
  left: readonly LeftHook[],
  { revision, namespace }: Release,
  { name, store }: ExaminedRelease,
  now: Timestamp,
): FindingDetails {
  const severity: FindingSeverity = left.some(({ when }) => when === "upgrade" || when === "delete")
    ? "warning"
    : "note";
  const troubles = [...new Set(left.map(({ when }) => when))];
  const isCleanable = left.some((one) => one.isCleanable);
  const repairs = !isCleanable ? [] : propose(store, {
    fix: "clean-hooks",
    release: name,
    effect: "deletes the Jobs and Pods that have finished, after a preview and a backup",
    byHand: "delete what has finished by hand: kubectl delete",
  });
  return {
    severity,
    title: `${counted(left.length, "object")} of hooks ${left.length === 1 ? "is" : "are"} left`,
    revision,
    evidence: left.map(({ hook, info, state, created }) => {
      const age = secondsOf(created);
      const parts = [
        ...state === "" ? [] : [state],
        ...age === undefined ? [] : [`created ${durationText(now.seconds - age)} ago`],
        hook.lastRun === undefined
          ? "last run not recorded"
          : `last run ${durationText(now.seconds - hook.lastRun.seconds)} ago`,
      ];
      return {
        source: `hook ${hook.events.join(", ")}`,
        text: `${objectWords(toldOf(info), namespace)}: ${parts.join(", ")}`,
      };
    }),
    consequence: troubles.map((when) => NEXT[when]).join(" "),
    ...repairs.length > 0
      ? { repairs }
      : { noRepair: "only Jobs and Pods that have finished are deleted by a repair: see what uses the others" },
  };
}
