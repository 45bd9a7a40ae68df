/**
 * Plans and comparisons, as part of the library.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { PlannedOperation, PlanOptions } from "../engine/release/mod.ts";
import { engineNames } from "./flag_names.ts";
import type { PlanChoices, Skeg, SkegPlan, SkegPlans } from "./skeg_options.ts";
import type { SkegPlace, SkegSession } from "./skeg_session.ts";

/** Returns the part of the library that shows what operations would do. */
export function skegPlans(session: SkegSession): SkegPlans {
  return {
    async install(chart, given = {}) {
      const prepared = await session.prepare(chart, given);
      const place = await session.begin(given);
      const namespace = session.namespaceFor(given, place.cluster);
      const options = { ...given, ...engineNames(given), ...prepared, namespace };
      return await planOf(place, { operation: "install", options }, given);
    },
    async upgrade(name, chart, given = {}) {
      const prepared = await session.prepare(chart, given, given.conditionsFromStoredValues === true);
      const options = { ...given, ...engineNames(given), ...prepared, name };
      return await planOf(await session.begin(given), { operation: "upgrade", options }, given);
    },
    async rollback(name, revision, given = {}) {
      const options = { ...given, ...engineNames(given), name, revision };
      return await planOf(await session.begin(given), { operation: "rollback", options }, given);
    },
    async delete(name, given = {}) {
      const options = { ...given, ...engineNames(given), name };
      return await planOf(await session.begin(given), { operation: "delete", options }, given);
    },
  };
}

async function planOf(
  { env, planOperation, savePlan }: SkegPlace,
  planned: PlannedOperation,
  given: PlanChoices,
): Promise<SkegPlan> {
  const plan = await planOperation(env, planned, await compareChoices(given));
  return { report: plan.report, save: (key) => savePlan(env, plan, key) };
}

/** Returns the part of the library that compares revisions, releases and the cluster. */
export function skegDiff(session: SkegSession): Pick<Skeg, "diff"> {
  return {
    async diff(name, given) {
      const { diffLive, diffReleases, diffRevisions, env } = await session.begin(given);
      const { other, from, to, live } = given;
      const choices = await compareChoices(given);
      if (live === true) return await diffLive(env, { ...choices, name, revision: from });
      if (other !== undefined) return await diffReleases(env, { ...choices, name, other });
      if (from === undefined) {
        throw new SkegError("usage", "a comparison needs a revision in from, or a release in other");
      }
      return await diffRevisions(env, { ...choices, name, from, to });
    },
  };
}

/** Returns the choices of a comparison or a plan; secrets are masked with a key that is made for this call. */
async function compareChoices(given: PlanChoices): Promise<PlanOptions> {
  const { createMasker } = await import("../engine/kube/explain/mod.ts");
  const { ignore, includeTests, noHooks, predict, showSecrets, withDocuments } = given;
  const masker = showSecrets === true ? undefined : createMasker(crypto.getRandomValues(new Uint8Array(32)));
  return { ignore, includeTests, noHooks, predict, withDocuments, masker };
}
