/**
 * Operations that change releases, as part of the library.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { Release } from "../engine/model/mod.ts";
import { engineNames } from "./flag_names.ts";
import type { PreparedChart } from "./skeg_prepare.ts";
import type { Skeg, SkegInstallOptions, SkegUpgradeOptions } from "./skeg_options.ts";
import type { SkegPlace, SkegSession } from "./skeg_session.ts";

/** Options of an operation whose chart is prepared. */
type Prepared<T> = T & PreparedChart;

/** Returns the part of the library that changes releases, waits for them and tests them. */
export function skegChanges(
  session: SkegSession,
): Pick<Skeg, "install" | "upgrade" | "rollback" | "delete" | "apply" | "wait" | "test"> {
  return {
    async install(chart, given = {}) {
      const prepared = await session.prepare(chart, given);
      const place = await session.begin(given);
      const namespace = session.namespaceFor(given, place.cluster);
      return await installWith(place, { ...given, ...prepared, namespace });
    },
    async upgrade(name, chart, given = {}) {
      const place = await session.begin(given);
      if (given.install === true && !await exists(place, name)) {
        const prepared = await session.prepare(chart, given);
        const namespace = session.namespaceFor(given, place.cluster);
        return await installWith(place, { ...given, ...prepared, name, namespace, nameIsFree: true });
      }
      const prepared = await session.prepare(chart, given, given.conditionsFromStoredValues === true);
      return await upgradeWith(place, { ...given, ...prepared, name });
    },
    async rollback(name, revision, given = {}) {
      const { rollback, env } = await session.begin(given);
      return (await rollback(env, { ...given, ...engineNames(given), name, revision })).release;
    },
    async delete(name, given = {}) {
      const { uninstall, env } = await session.begin(given);
      return await uninstall(env, { ...given, ...engineNames(given), name });
    },
    async apply(plan, given = {}) {
      const { applyPlan, env } = await session.begin(given);
      return await applyPlan(env, plan, given);
    },
    async wait(name, given = {}) {
      const { waitForRelease, env } = await session.begin(given);
      const waiting = { ...env.waiting, waitStrict: given.waitStrict ?? true };
      return await waitForRelease({ ...env, waiting }, { ...given, name });
    },
    async test(name, given = {}) {
      const { runTests, env } = await session.begin(given);
      return await runTests(env, { ...given, name });
    },
  };
}

/** Installs a prepared chart; with `atomic`, a failed install is purged. */
async function installWith(
  place: SkegPlace,
  given: Prepared<SkegInstallOptions> & { readonly namespace: string; readonly nameIsFree?: boolean },
): Promise<Release> {
  const { env, install } = place;
  const { atomic = false } = given;
  const names = engineNames(given);
  try {
    return (await install(env, { ...given, ...names, wait: given.wait === true || atomic })).release;
  } catch (error) {
    if (atomic) {
      const { undoInstall } = await import("./atomic.ts");
      const { disableHooks } = names;
      const kept = await undoInstall(env, place, error, { disableHooks, timeoutSeconds: given.timeoutSeconds });
      if (kept !== undefined) env.report({ type: "note", text: "the failed release was purged" });
    }
    throw error;
  }
}

/** Upgrades to a prepared chart; with `atomic`, a failed upgrade is rolled back. */
async function upgradeWith(place: SkegPlace, given: Prepared<SkegUpgradeOptions> & { name: string }): Promise<Release> {
  const { env, upgrade } = place;
  const { atomic = false } = given;
  const common = { ...given, ...engineNames(given), wait: given.wait === true || atomic };
  try {
    return (await upgrade(env, common)).release;
  } catch (error) {
    if (atomic) {
      const { revisionBefore, undoUpgrade } = await import("./atomic.ts");
      const before = revisionBefore(place, error);
      if (before !== undefined) {
        await undoUpgrade(env, place, before, common);
        env.report({ type: "note", text: `rolled back to revision ${before.revision}` });
      }
    }
    throw error;
  }
}

/** True if there is a release of this name; rejects when the other kind of storage has one. */
async function exists({ env, history, checkNameIsFree }: SkegPlace, name: string): Promise<boolean> {
  try {
    // A missing release is not a failure here, so other places are not searched.
    return (await history({ ...env, lookElsewhere: false }, { name, max: 1 })).length > 0;
  } catch (error) {
    if (!(error instanceof SkegError) || error.missing !== name) throw error;
    await checkNameIsFree(env, name);
    return false;
  }
}
