/**
 * The prediction of the first Helm 3 upgrade, with the user's own Helm and, if wanted, another chart.
 *
 * @module
 */
import { loadChart } from "../engine/chart/load/mod.ts";
import { type Environment, predictHelm3Upgrade, type PredictUpgrade } from "../engine/release/mod.ts";
import { findHelm3, helm3Renderer } from "./helm3_program.ts";

/** Choices of a prediction. */
export interface PredictionChoices {
  /** A Helm 3 or 4; absent: the one on the PATH. `none`: our own engine renders. */
  readonly helm3?: string | undefined;
  /** Folder or archive of the chart that the upgrade will have; absent: the recorded one. */
  readonly chart?: string | undefined;
  /** If true, the upgrade runs with a post-renderer that keeps the labels of the record. */
  readonly keepLabels?: boolean | undefined;
}

/**
 * Returns the function that predicts.
 *
 * @throws SkegError of kind `usage` when the named program is not a Helm 3 or 4, and of kind `chart` for a chart that cannot be loaded.
 */
export async function helm3Predictor(env: Environment, choices: PredictionChoices = {}): Promise<PredictUpgrade> {
  const { helm3, chart: path, keepLabels } = choices;
  const program = helm3 === "none" ? undefined : await findHelm3(helm3);
  const renderer = program === undefined ? undefined : helm3Renderer(program, env.kube.cluster.transport);
  const chart = path === undefined ? undefined : { path, chart: await loadChart(path, { allowV2: true }) };
  return async (given, input) => await predictHelm3Upgrade(given, input, { renderer, chart, keepLabels });
}
