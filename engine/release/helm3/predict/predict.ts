/**
 * Predicts what the first upgrade by Helm 3 does to a release: rendered as Helm 3 renders, patched as it patches, and asked of the
 * server as dry runs.
 *
 * @module
 */
import { KubeManifest, type KubeObject, secretValues, withoutSecrets } from "../../../kube/mod.ts";
import { callOptions } from "../../_calls.ts";
import type { Environment } from "../../environment.ts";
import { finderOf, manifestObjects } from "../../plan/manifest_objects.ts";
import type {
  LabelMove,
  ObjectAddress,
  ObjectPrediction,
  PredictionClass,
  PredictionInput,
  ReleasePrediction,
} from "../plan_types.ts";
import { migrateCommand } from "../command_line.ts";
import { isRefusal, objectAdvice, renderAdvice } from "./advice.ts";
import { type ClassifiedObject, classOf, dotted, worse } from "./classes.ts";
import { joinMoves, labelMoves } from "./label_moves.ts";
import { keepLabels } from "./post_renderer.ts";
import { tillerDifferences } from "./tiller_render.ts";
import type { PredictHelm3Options } from "./types.ts";
import { type UpgradeObject, upgradeObjects } from "./upgrade_objects.ts";
import { movingRenders, renderUpgrade, type UpgradeRender } from "./upgrade_render.ts";

/**
 * Predicts the first Helm 3 upgrade of a release with its recorded chart and values, or with another chart. Changes nothing: sends reads
 * and dry runs.
 *
 * @throws SkegError when the cluster cannot be read.
 */
export async function predictHelm3Upgrade(
  env: Environment,
  input: PredictionInput,
  options: PredictHelm3Options = {},
): Promise<ReleasePrediction> {
  const { release, newest, record, adopted } = input;
  const capabilities = await env.kube.capabilities(callOptions(env));
  const differences = options.chart === undefined ? await tillerDifferences(release, capabilities) : [];
  const render = await renderUpgrade(env, { release, newest }, capabilities, options);
  // Messages of Helm and of servers may quote what they refuse.
  const secrets = secretValues([release.manifest, render.manifest].map((text) => new KubeManifest(text)));
  const masked = (texts: readonly string[]): string[] => texts.map((text) => withoutSecrets(text, secrets));
  if (render.failure !== "") {
    const failed = notRendered(render, differences);
    return { ...failed, reasons: masked(failed.reasons) };
  }
  const { name, namespace } = release;
  const old = record.manifest ?? "";
  const moves = manifestMoves(old, render.manifest, namespace);
  const target = options.keepLabels === true ? keepLabels(render.manifest, moves) : render.manifest;
  const objects = await upgradeObjects(env, { release: { name, namespace }, old, target, adopted });
  const [first, again] = await movingRenders(release, newest.revision + 1, capabilities, options);
  const [findFirst, findAgain] = [first, again].map((text) => finderOf(manifestObjects(text, namespace)));
  const classified = objects.map((object) => {
    const id = { ...object.id, group: groupOf(object.id.apiVersion) };
    const isAdopted = adopted.some((one) => isSameAddress(one, object.id));
    return classOf(object, { first: findFirst?.(id)?.object, again: findAgain?.(id)?.object }, isAdopted);
  });
  const predictions = objects.map((object, at) => predictionOf(name, object, classified[at] as ClassifiedObject));
  return {
    class: predictions.reduce<PredictionClass>((worst, one) => worse(worst, one.class), "nothing"),
    estimated: render.by === undefined,
    ...render.by === undefined ? {} : { renderedBy: render.by },
    objects: predictions.map((one) => ({ ...one, reasons: masked(one.reasons) })),
    reasons: [
      ...differences,
      ...render.notes,
      ...hookReasons(render),
      ...endReasons(objects, predictions, newest.revision + 1),
    ],
    advice: releaseAdvice(name, predictions, moves, options),
    ...moves.length === 0 ? {} : { labels: moves },
  };
}

function isSameAddress(a: ObjectAddress, b: ObjectAddress): boolean {
  return a.kind === b.kind && a.namespace === b.namespace && a.name === b.name;
}

const groupOf = (apiVersion: string): string => apiVersion.includes("/") ? apiVersion.split("/", 1)[0] ?? "" : "";

function notRendered({ by, failure, notes }: UpgradeRender, differences: readonly string[]): ReleasePrediction {
  return {
    class: isRefusal(failure) ? "blocked" : "cannot-render",
    estimated: by === undefined,
    ...by === undefined ? {} : { renderedBy: by },
    objects: [],
    reasons: [failure, ...differences, ...notes, "Helm 3 stops before it changes anything, and records no revision"],
    advice: renderAdvice(failure),
  };
}

function manifestMoves(old: string, target: string, namespace: string): LabelMove[] {
  const find = finderOf(manifestObjects(old, namespace));
  return joinMoves(
    manifestObjects(target, namespace).flatMap(({ id, object }) => {
      const before = find(id)?.object;
      return before === undefined ? [] : labelMoves(below(before), below(object));
    }),
  );
}

function predictionOf(release: string, object: UpgradeObject, found: ClassifiedObject): ObjectPrediction {
  const { old, rendered } = object;
  const moves = old === undefined || rendered === undefined ? [] : labelMoves(below(old), below(rendered));
  return {
    object: object.id,
    class: found.class,
    reasons: found.reasons,
    advice: objectAdvice(release, object, found.class, moves),
    ...found.changes.length === 0 ? {} : { fields: found.changes.map(({ path }) => dotted(path)) },
  };
}

/** Labels of the object itself are no reason for a post-renderer: Helm 3 sets its own there. */
function below({ metadata: _, ...rest }: KubeObject): KubeObject {
  return rest;
}

/** Hooks that Helm 3 runs in another way than Helm 2. */
function hookReasons({ hooks }: UpgradeRender): string[] {
  const run = hooks.filter(({ events }) => events.includes("pre-upgrade") || events.includes("post-upgrade"));
  const unnamed = run.filter(({ manifest }) => !/helm\.sh\/hook-delete-policy/.test(manifest));
  return unnamed.map(({ kind, name }) =>
    `the hook ${kind} ${name} has no delete policy: Helm 3 deletes the old object before it makes a new one`
  );
}

function endReasons(
  objects: readonly UpgradeObject[],
  predictions: readonly ObjectPrediction[],
  revision: number,
): string[] {
  const before = "Helm 3 stops before it changes anything, and records no revision";
  if (objects.some(({ action }) => action === "unknown" || action === "foreign")) return [before];
  if (!predictions.some((one) => one.class === "blocked")) return [];
  const isCreation = objects.some(({ action }, at) => action === "create" && predictions[at]?.class === "blocked");
  const others = isCreation
    ? "Helm 3 stops at the first object that cannot be created"
    : "Helm 3 changes all other objects";
  return [`${others}, deletes none, and records revision ${revision} as failed`];
}

function releaseAdvice(
  release: string,
  predictions: readonly ObjectPrediction[],
  moves: readonly LabelMove[],
  options: PredictHelm3Options,
): string[] {
  if (options.keepLabels === true || moves.length === 0) return [];
  const isHelped = predictions.some((one) =>
    ["restarts", "drift", "blocked"].includes(one.class) && one.advice.length > 0
  );
  if (!isHelped) return [];
  return [
    `'${migrateCommand(release, "--post-renderer FILE")}' writes a program that keeps ${
      moves.map(({ key }) => key).join(", ")
    }`,
  ];
}
