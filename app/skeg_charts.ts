/**
 * Charts without a cluster, as part of the library: found, rendered, tested, explained.
 *
 * @module
 */
import { systemClock } from "../engine/base/mod.ts";
import { factsOf, renderRelease } from "../engine/chart/render/mod.ts";
import { chartPath } from "./skeg_prepare.ts";
import type { Skeg } from "./skeg_options.ts";
import { type SkegSession, unlessAborted } from "./skeg_session.ts";

/** Returns the part of the library that needs no cluster. */
export function skegCharts(session: SkegSession): Pick<Skeg, "locate" | "template" | "unittest" | "why"> {
  const { options } = session;
  return {
    async locate(chart, given = {}) {
      return await unlessAborted(given.signal, () => chartPath(chart, given, session.callerFor(given)));
    },
    async template(chart, given = {}) {
      const { chart: prepared, config } = await session.prepare(chart, given);
      const report = session.reportTo(given);
      const { release = {}, renderSubchartNotes: subNotes } = given;
      const { clock = systemClock } = options;
      const isUpgrade = release.isUpgrade ?? false;
      return await renderRelease({
        chart: prepared,
        config,
        release: {
          name: release.name ?? "release-name",
          namespace: release.namespace ?? options.namespace ?? "default",
          revision: release.revision ?? 1,
          isInstall: release.isInstall ?? !isUpgrade,
          isUpgrade,
          time: release.time ?? { seconds: clock().seconds, nanos: 0 },
        },
        capabilities: factsOf(given.capabilities ?? {}),
        anyCluster: given.capabilities === undefined,
        subNotes,
        clock,
        random: options.random,
        log: (text) => report({ type: "log", text }),
        warn: (text) => report({ type: "warning", text }),
      });
    },
    async unittest(charts, given = {}) {
      const { runChartTests } = await import("./unittest.ts");
      return await runChartTests(typeof charts === "string" ? [charts] : charts, given, given.events);
    },
    async why(chart, given = {}) {
      const { chart: prepared, config } = await session.prepare(chart, given);
      const { explain } = await import("./why.ts");
      const release = { name: "release-name", namespace: options.namespace ?? "default", ...given.release };
      const { clock = systemClock, random } = options;
      const facts = given.capabilities === undefined ? {} : { capabilities: given.capabilities };
      return await explain(prepared, { config, release, ...facts, clock, random });
    },
  };
}
