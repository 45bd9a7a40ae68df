/**
 * The flags of the prediction of the first Helm 3 upgrade, and what they do.
 *
 * @module
 */
import type { Environment, MigrationResult, PredictUpgrade } from "../../engine/release/mod.ts";
import { SkegError } from "../../errors.ts";
import { defineFlags, type FlagValues } from "./command.ts";
import type { Printer } from "./print.ts";

/** Flags of the prediction. */
export const PREDICTION_FLAGS = defineFlags({
  "chart": {
    type: "string",
    complete: "file",
    usage: "Predict the first Helm 3 upgrade with this chart, a folder or an archive, instead of the recorded one",
  },
  "helm3": {
    type: "string",
    complete: "file",
    usage:
      "The Helm 3 or 4 that renders the first upgrade (default the first of helm3, helm and helm4 on the PATH; none: skeg renders)",
  },
  "no-predict": { type: "bool", usage: "Do not predict the first Helm 3 upgrade" },
  "post-renderer": {
    type: "string",
    complete: "file",
    usage:
      "Write a post-renderer for Helm 3 to this file: it keeps the labels that the upgrade would change. The plan is that of an upgrade with it",
  },
});

/** The values of these flags. */
export type PredictionFlags = FlagValues<typeof PREDICTION_FLAGS>;

/** Returns the function that predicts; `undefined` if nothing is to be predicted. */
export async function predictorOf(
  flags: PredictionFlags,
  environment: Environment,
): Promise<PredictUpgrade | undefined> {
  if (flags["no-predict"]) {
    if (flags["post-renderer"] === "" && flags.chart === "") return undefined;
    throw new SkegError(
      "usage",
      "--no-predict cannot be used with --chart or --post-renderer: they need the prediction",
    );
  }
  const { helm3Predictor } = await import("../../app/helm3_prediction.ts");
  return await helm3Predictor(environment, {
    helm3: flags.helm3 || undefined,
    chart: flags.chart || undefined,
    keepLabels: flags["post-renderer"] !== "",
  });
}

/**
 * Writes the post-renderer that `--post-renderer` asks for.
 *
 * @throws SkegError of kind `usage` when the plan is not that of one release, and of kind `exists` when the file is there.
 */
export async function writePostRenderer(
  flags: PredictionFlags,
  { releases }: MigrationResult,
  print: Printer,
): Promise<void> {
  const file = flags["post-renderer"];
  if (file === "") return;
  const [only, ...more] = releases;
  if (only === undefined || more.length > 0) {
    throw new SkegError("usage", "--post-renderer is made for one release: name one, without --yes and --apply");
  }
  const labels = only.plan?.prediction?.labels ?? [];
  if (labels.length === 0) {
    print.err(
      `Note: no label of ${only.release} names Tiller: it needs no post-renderer, and ${file} was not written.\n`,
    );
    return;
  }
  const { postRendererScript } = await import("../../engine/release/mod.ts");
  try {
    await Deno.writeTextFile(file, postRendererScript(only.release, labels), { createNew: true, mode: 0o755 });
  } catch (cause) {
    if (!(cause instanceof Deno.errors.AlreadyExists)) throw cause;
    throw new SkegError("exists", `${file} exists already`, { cause, hint: "Name another file, or remove this one." });
  }
  const names = labels.map(({ key }) => key).join(", ");
  print.err(
    `Wrote ${file}, which keeps ${names}: helm upgrade ${only.release} CHART --post-renderer ${
      file.includes("/") ? file : `./${file}`
    }\n`,
  );
}
