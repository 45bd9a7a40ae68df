/**
 * The rights that an operation needs: exactly those without which one of its requests is refused.
 *
 * Left out are requests whose refusal does no harm: the search for a Tiller, the check for objects that exist already, and
 * details about pods in the messages of a wait.
 *
 * @module
 */
import { createPatch, KubeManifest, podSelector, type ResourceInfo, type Right, waitReads } from "../../kube/mod.ts";
import type { Release } from "../../model/mod.ts";
import { callOptions } from "../_calls.ts";
import type { Environment } from "../environment.ts";
import { keyOf } from "../object_names.ts";
import { ownershipOf } from "../ownership.ts";
import type { OperationSteps, Slot, Step } from "../steps.ts";
import { withoutHeldBindings } from "./granted.ts";
import { addHooks } from "./hook_rights.ts";
import { Needs } from "./needs.ts";
import { recordRights } from "./records.ts";
import { type DefinedKinds, definedKinds, resolveSoon } from "./resources.ts";

const PODS = { group: "", plural: "pods" } as const;

/**
 * Returns the rights that a plan's checks and steps need when they succeed. Reads which of the objects exist; sends nothing
 * that changes anything.
 */
export async function rightsOfPlan(env: Environment, plan: OperationSteps): Promise<Right[]> {
  return await new PlanRights(env, plan).collect();
}

class PlanRights {
  readonly #env: Environment;
  readonly #plan: OperationSteps;
  readonly #needs = new Needs();
  readonly #defined: DefinedKinds;
  /** Objects that are created or changed. */
  readonly #written: ResourceInfo[] = [];

  constructor(env: Environment, plan: OperationSteps) {
    this.#env = env;
    this.#plan = plan;
    const { new: made, old } = plan.releases;
    const hooks = [...made?.hooks ?? [], ...old?.hooks ?? []];
    this.#defined = definedKinds(made === undefined ? [] : [new KubeManifest(made.manifest, plan.known)], hooks);
  }

  async collect(): Promise<Right[]> {
    // Every operation begins with the release's history.
    this.#records("list");
    for (const step of [...this.#plan.checks, ...this.#plan.steps]) await this.#step(step);
    return withoutHeldBindings(this.#needs.list(), this.#written);
  }

  async #step(step: Step): Promise<void> {
    // Long: one case for each kind of step.
    const env = this.#env;
    switch (step.do) {
      case "validate":
      case "measure":
      case "reckon":
      case "alone":
        return;
      case "hooks":
        this.#written.push(
          ...await addHooks(env, this.#needs, this.#release(step.slot), step.event, this.#defined),
        );
        return;
      case "confirm":
        return this.#records("get");
      case "record":
        return this.#records("create", ...env.historyMax > 0 ? ["get", "delete"] : []);
      case "status":
        return step.write === "no" ? undefined : this.#records("update");
      case "supersede":
        return step.releases.length > 0 || step.labelled ? this.#records("update") : undefined;
      case "purge":
        return this.#records("get", "delete");
      case "create":
        return await this.#create(step);
      case "update":
        return await this.#update(step);
      case "delete":
        return await this.#delete(step);
    }
  }

  async #create(step: Extract<Step, { do: "create" }>): Promise<void> {
    const infos = await this.#resolve(step.slot, step.manifest);
    this.#needs.namespace(this.#release(step.slot).namespace);
    const live = step.takeOver?.adopt === true ? await this.#live(infos) : new Set<string>();
    for (const info of infos) {
      if (live.has(keyOf(info))) this.#change(info, ["get", "patch"]);
      else {
        // Beside objects that are taken over, each object is read before it is created.
        if (live.size > 0) this.#needs.object(["get"], info);
        this.#written.push(info);
        this.#needs.creation(info);
      }
    }
    if (step.wait) await this.#wait(infos, step.waitStrict);
  }

  async #update(step: Extract<Step, { do: "update" }>): Promise<void> {
    const original = await this.#resolve(step.slot, step.original, true);
    const target = await this.#resolve(step.slot, step.target);
    const before = new Map(original.map((info) => [keyOf(info), info]));
    const live = await this.#live(target);
    for (const info of target) {
      const old = before.get(keyOf(info));
      this.#needs.object(["get"], info);
      if (!live.has(keyOf(info))) {
        this.#written.push(info);
        this.#needs.creation(info);
      } else if (old === undefined || isPatched(old, info, step)) {
        this.#change(info, ["patch"]);
      }
      if (step.recreatePods && live.has(keyOf(info)) && podSelector(info.resource, info.object) !== undefined) {
        this.#needs.kind(["list", "delete"], PODS, info.namespace);
      }
    }
    const wanted = new Set(target.map(keyOf));
    for (const info of original) {
      if (!wanted.has(keyOf(info)) && !isKept(info)) this.#needs.object(["get", "delete"], info);
    }
    if (step.wait) await this.#wait(target, step.waitStrict);
  }

  async #delete(step: Extract<Step, { do: "delete" }>): Promise<void> {
    const resolved = step.documents.map(({ manifest }) => this.#resolve(step.slot, manifest));
    const infos = (await Promise.all(resolved)).flat();
    for (const info of infos) this.#needs.object(["delete"], info);
    // Objects that no DEPLOYED revision names, such as those of a failed upgrade, are read first: they may be others'.
    const { name } = this.#release(step.slot);
    for (const info of await ownershipOf(this.#env, name).doubtful(infos)) this.#needs.object(["get"], info);
  }

  #change(info: ResourceInfo, verbs: readonly string[]): void {
    this.#needs.object(verbs, info);
    this.#needs.grants(info);
    this.#written.push(info);
  }

  async #wait(infos: readonly ResourceInfo[], waitStrict: boolean | "all" | undefined): Promise<void> {
    const settings = { ...this.#env.waiting, waitStrict: waitStrict ?? this.#env.waiting?.waitStrict };
    for (const what of await waitReads(infos, settings)) {
      for (const verb of ["list", "watch"]) this.#needs.add({ verb, ...what });
    }
  }

  /** Returns the keys of the objects that exist, as far as they can be read. Of a kind that is not there yet, none does. */
  async #live(infos: readonly ResourceInfo[]): Promise<Set<string>> {
    const found = await this.#env.kube.findExisting(infos, { ...callOptions(this.#env), withUnread: true });
    return new Set(found.map(({ info }) => keyOf(info)));
  }

  async #resolve(slot: Slot, manifest: KubeManifest, isOld = false): Promise<readonly ResourceInfo[]> {
    const { namespace } = this.#release(slot);
    if (!isOld) return await resolveSoon(this.#env, namespace, manifest, this.#defined);
    return await this.#env.kube.resolve(namespace, manifest, { ...callOptions(this.#env), skipUnresolved: true });
  }

  #records(...verbs: readonly string[]): void {
    for (const right of recordRights(this.#env.driver, verbs)) this.#needs.add(right);
  }

  #release(slot: Slot): Release {
    const { new: made, old } = this.#plan.releases;
    const found = slot === "new" ? made ?? old : old ?? made;
    if (found === undefined) throw new TypeError("a plan has a release");
    return found;
  }
}

/** True if an update sends a patch for an object that exists. */
function isPatched(
  old: ResourceInfo,
  info: ResourceInfo,
  { apply = "tiller" }: Extract<Step, { do: "update" }>,
): boolean {
  // The other modes compare with the live object, which may be anything by then.
  if (apply !== "tiller") return true;
  try {
    return createPatch(old.object, info) !== undefined;
  } catch {
    return true;
  }
}

function isKept({ object }: ResourceInfo): boolean {
  const policy = object.metadata?.annotations?.["helm.sh/resource-policy"];
  return policy !== undefined && policy !== "delete";
}
