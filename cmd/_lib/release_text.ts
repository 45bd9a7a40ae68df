/**
 * Prints everything about one release, for `get`.
 *
 * Source: Helm 2.17.0, `cmd/helm/printer.go`.
 *
 * @module
 */
import type { Release } from "../../engine/model/mod.ts";
import { logTo } from "./log.ts";
import type { Printer } from "./print.ts";
import { timeText } from "./text.ts";

/** Prints a release with its values, hooks and manifest. */
export async function printRelease(release: Release, print: Printer): Promise<void> {
  const { computedValues } = await import("../../engine/chart/render/mod.ts");
  const { chart, config, hooks, info } = release;
  const computed = chart === undefined ? "" : computedValues(chart, config, logTo(print));
  const lines = [
    `REVISION: ${release.revision}`,
    `RELEASED: ${timeText(info.lastDeployed)}`,
    `CHART: ${chart?.metadata.name ?? ""}-${chart?.metadata.version ?? ""}`,
    "USER-SUPPLIED VALUES:",
    config?.raw ?? "",
    "COMPUTED VALUES:",
    computed,
    "HOOKS:",
    ...hooks.flatMap((hook) => ["---", `# ${hook.name}`, hook.manifest]),
    "MANIFEST:",
    release.manifest,
  ];
  print.out(`${lines.join("\n")}\n`);
}
