/**
 * Chooses the values of an upgrade: those given, those of the deployed release, or both.
 *
 * Source: Helm 2.17.0, `reuseValues` in `pkg/tiller/release_server.go`.
 *
 * @module
 */
import type { Chart, Config, Release } from "../model/mod.ts";
import { computedValues } from "../chart/render/mod.ts";
import { mergeConfig } from "../chart/values/mod.ts";
import { SkegError } from "../../errors.ts";
import { messageOf } from "../base/mod.ts";

/** The chart, values and flags that an upgrade was called with. */
export interface UpgradeValues {
  /** After requirements were processed. */
  readonly chart: Chart;
  /** YAML text. */
  readonly config: string;
  /** If true, ignores the deployed release's values. */
  readonly resetValues?: boolean | undefined;
  /** If true, merges the given values over the deployed release's. */
  readonly reuseValues?: boolean | undefined;
}

/** The chart and the values to render. */
export interface ChosenValues {
  /** When values are reused, the chart with the old values as its defaults. */
  readonly chart: Chart;
  /** YAML text. */
  readonly config: string;
}

/**
 * Returns the chart and the values to render.
 *
 * Helm 2: reusing values freezes the computed values of the deployed release into the new chart, which hides
 * new defaults of the new chart's values.yaml. Without either flag the deployed release's values are carried
 * over only when none are given.
 *
 * @throws SkegError of kind `values`.
 */
export async function chooseValues(
  given: UpgradeValues,
  deployed: Release,
  warn: (text: string) => void,
): Promise<ChosenValues> {
  const { chart, config } = given;
  if (given.resetValues === true) return { chart, config };
  if (given.reuseValues === true) {
    const before = isEmpty(deployed.config?.raw)
      ? []
      : [{ name: "stored values", content: deployed.config?.raw ?? "" }];
    return {
      chart: { ...chart, values: { raw: frozenValues(deployed, warn) } satisfies Config },
      config: await mergeConfig({ files: [...before, { name: "given values", content: config }] }),
    };
  }
  const carryOver = isEmpty(config) && !isEmpty(deployed.config?.raw);
  return { chart, config: carryOver ? deployed.config?.raw ?? "" : config };
}

/** True for values that Helm treats as "no values". */
function isEmpty(config: string | undefined): boolean {
  return config === undefined || config === "" || config === "{}\n";
}

function frozenValues(deployed: Release, warn: (text: string) => void): string {
  try {
    if (deployed.chart === undefined) throw new SkegError("record", "the deployed release's record has no chart");
    return computedValues(deployed.chart, deployed.config, warn);
  } catch (cause) {
    throw new SkegError("values", `failed to rebuild old values: ${messageOf(cause)}`, { cause });
  }
}
