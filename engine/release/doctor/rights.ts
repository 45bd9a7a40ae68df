/**
 * C4: this user lacks rights that operations on the release need.
 *
 * @module
 */
import { counted } from "../../base/mod.ts";
import type { Hook, Release } from "../../model/mod.ts";
import {
  call,
  describeRight,
  isObject,
  missingRights,
  type ResourceInfo,
  type Right,
  stringifyJson,
} from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { rightsOfRule } from "../rights/granted.ts";
import { rightKey } from "../rights/needs.ts";
import { rightsOfRelease } from "../rights/release_rights.ts";
import { covers, rolesOf } from "../rights/roles.ts";
import { clusterFacts } from "./_cluster_facts.ts";
import { revisionsOf } from "./_revisions.ts";
import type { DoctorCheck, Examination, ExaminedRelease } from "./examination.ts";
import type { FindingDetails } from "./finding.ts";
import { proposeCommand } from "./repairs.ts";

/** C4. */
export const rights: DoctorCheck = {
  id: "C4",
  name: "missing-rights",
  scope: "release",
  async look(examination, examined) {
    const { newest, deployed } = await revisionsOf(examined);
    const subject = deployed ?? newest;
    if (subject === undefined) return [];
    const { release } = subject;
    // In a namespace that is gone there is nothing to do; another check names that.
    if (await clusterFacts(examination).namespace(release.namespace) === "gone") return [];
    const env = { ...examination.env, driver: examined.store.driver };
    const needed = await rightsOfRelease(env, await resolvable(examined, release));
    const missing = await lacking(examination, needed);
    return missing.length === 0 ? [] : [rightsFinding(missing, examined)];
  },
};

/** Returns a release with the objects that the server knows alone, under its API versions: rights to others do not exist. */
async function resolvable(
  { live }: ExaminedRelease,
  release: Release,
): Promise<Pick<Release, "manifest" | "hooks" | "namespace">> {
  const textOf = async (manifest: string): Promise<string> => {
    const { infos } = await live.objectsOf({ ...release, manifest });
    return infos.map(({ object }: ResourceInfo) => stringifyJson(object)).join("\n---\n");
  };
  const hooks: Hook[] = [];
  for (const hook of release.hooks) {
    const manifest = await textOf(hook.manifest);
    if (manifest !== "") hooks.push({ ...hook, manifest });
  }
  return { namespace: release.namespace, manifest: await textOf(release.manifest), hooks };
}

/** Rights that were asked for, and the rules of each namespace. */
interface Answers {
  /** True if the user may do everything with every object. */
  admin?: Promise<boolean>;
  readonly rules: Map<string, Promise<readonly Right[]>>;
  readonly known: Map<string, boolean>;
}

/** The right of an administrator of the cluster: every verb on every object. */
const EVERYTHING: Right = { verb: "*", group: "*", resource: "*", namespace: "" };

const answers = new WeakMap<Examination, Answers>();

/**
 * Returns the rights that this user does not have.
 *
 * One review tells if the user is an administrator, and one for each namespace tells the rules that hold there. Only what
 * they do not cover is asked for one by one.
 */
async function lacking(examination: Examination, needed: readonly Right[]): Promise<Right[]> {
  const { env } = examination;
  const { transport } = env.kube.cluster;
  const given: Answers = answers.get(examination) ?? { rules: new Map(), known: new Map() };
  answers.set(examination, given);
  const { rules, known } = given;
  const isAdmin =
    await (given.admin ??= missingRights(transport, [EVERYTHING], callOptions(env)).then((missing) =>
      missing.length === 0
    ));
  const isCovered = async (right: Right): Promise<boolean> => {
    if (isAdmin && right.url === undefined) return true;
    // The rules in a namespace do not tell which of them hold for objects without one.
    if (right.namespace === "") return false;
    const held = rules.get(right.namespace) ?? heldIn(examination, right.namespace);
    rules.set(right.namespace, held);
    return (await held).some((rule) => covers(rule, right));
  };
  const open: Right[] = [];
  for (const right of needed) {
    if (!known.has(rightKey(right)) && !await isCovered(right)) open.push(right);
  }
  const missing = new Set(await missingRights(transport, open, callOptions(env)));
  for (const right of open) known.set(rightKey(right), !missing.has(right));
  return needed.filter((right) => known.get(rightKey(right)) === false);
}

/** Returns the rights that the server says this user has in a namespace; it may leave some out. */
async function heldIn({ env }: Examination, namespace: string): Promise<readonly Right[]> {
  const kind = "SelfSubjectRulesReview";
  const body = stringifyJson({ apiVersion: "authorization.k8s.io/v1", kind, spec: { namespace } });
  const path = `/apis/authorization.k8s.io/v1/${kind.toLowerCase()}s`;
  const { status } = await call(env.kube.cluster.transport, { method: "POST", path, body, signal: env.signal });
  const { resourceRules } = isObject(status) ? status : { resourceRules: [] };
  const listed = Array.isArray(resourceRules) ? resourceRules.filter(isObject) : [];
  return listed.flatMap((rule) => rightsOfRule(rule, namespace));
}

/** Returns the finding: the missing rights, and the roles that grant them. */
export function rightsFinding(
  missing: readonly Right[],
  { name, store }: Pick<ExaminedRelease, "name" | "store">,
): FindingDetails {
  const groups = Map.groupBy(missing, (right) => rightKey({ ...right, verb: "" }));
  const roles = rolesOf(missing, { name: `skeg-${name}` });
  return {
    severity: "warning",
    title: `this user lacks ${counted(missing.length, "right")} that operations on the release need`,
    evidence: [
      ...[...groups.values()].flatMap(([first, ...others]) => {
        if (first === undefined) return [];
        const verb = [first, ...others].map((right) => right.verb).join(", ");
        return [{ source: "access reviews", text: `may not ${describeRight({ ...first, verb })}` }];
      }),
      ...roles.map((role) => ({ source: `${role.kind} to apply`, text: stringifyJson(role) })),
    ],
    consequence:
      "An upgrade, rollback or deletion by this user stops at the first object that it may not read or change.",
    repairs: [
      proposeCommand(
        store,
        `skeg rbac ${name}`,
        "prints the roles with all rights for the release, which an administrator applies",
      ),
    ],
  };
}
