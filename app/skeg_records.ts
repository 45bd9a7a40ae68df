/**
 * Releases as they are recorded, as part of the library.
 *
 * @module
 */
import { ALL_LISTED, LISTED, newestOnly } from "./listing.ts";
import type { Skeg } from "./skeg_options.ts";
import type { SkegSession } from "./skeg_session.ts";

/** Returns the part of the library that reads releases and looks for what is wrong with them. */
export function skegRecords(
  session: SkegSession,
): Pick<Skeg, "list" | "status" | "history" | "get" | "whyRelease" | "doctor"> {
  return {
    async list(given = {}) {
      const { list, env } = await session.begin(given);
      const { all = false, revisions = false, statuses = [] } = given;
      const wanted = statuses.length > 0 ? statuses : all ? ALL_LISTED : LISTED;
      const found = await list(env, { ...given, statuses: wanted, checkLabels: given.checkLabels ?? all });
      return revisions ? found : { ...found, releases: newestOnly(found.releases) };
    },
    async status(name, given = {}) {
      const { status, env } = await session.begin(given);
      return await status(env, { ...given, showAllResources: given.showResources, name });
    },
    async history(name, given = {}) {
      const { history, env } = await session.begin(given);
      return await history(env, { ...given, name });
    },
    async get(name, given = {}) {
      const { getRelease, env } = await session.begin(given);
      return await getRelease(env, { ...given, name });
    },
    async whyRelease(name, given = {}) {
      const { env, ...operations } = await session.begin(given);
      const { explain, recordedChart } = await import("./why.ts");
      const { revision = 0, signal } = given;
      const recorded = await recordedChart(operations, env, { name, revision, signal });
      return await explain(recorded.chart, recorded.options);
    },
    async doctor(given = {}) {
      const { examine, env } = await session.begin(given);
      return await examine(env, given);
    },
  };
}
