/**
 * Which values an upgrade works with: those given, those of the deployed
 * release, or both.
 *
 * Source: Helm 2.17.0, `reuseValues` in `pkg/tiller/release_server.go`.
 *
 * @module
 */
import type { Chart, Config, Release } from "../model/mod.ts";
import { computedValues } from "../chart/render/mod.ts";
import { mergeConfig } from "../chart/values/mod.ts";
import { SkegError } from "../../errors.ts";
import { messageOf } from "./_calls.ts";

/** What an upgrade is asked for. */
export interface GivenValues {
  /** After requirements were processed. */
  readonly chart: Chart;
  /** YAML text. */
  readonly config: string;
  /** Forget the deployed release's values. */
  readonly resetValues?: boolean | undefined;
  /** Put what is given over the deployed release's values. */
  readonly reuseValues?: boolean | undefined;
}

/** The chart and the values to go on with. */
export interface ChosenValues {
  /** With the values that are frozen into it, when values are reused. */
  readonly chart: Chart;
  /** YAML text. */
  readonly config: string;
}

/**
 * Returns the chart and the values to go on with.
 *
 * Helm 2: reusing values freezes the computed values of the deployed release
 * into the new chart, so that new defaults of the new chart's values.yaml are
 * not seen. Without either flag the deployed release's values are carried over
 * only when none are given.
 *
 * @throws SkegError of kind `values`.
 */
export async function chooseValues(
  given: GivenValues,
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

/** What Helm takes for "no values". */
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
