/**
 * Advice for a predicted class: the best way first. Pure.
 *
 * @module
 */
import { removedIn } from "../../../kube/served/mod.ts";
import { migrateCommand } from "../command_line.ts";
import type { LabelMove, PredictionClass } from "../plan_types.ts";
import type { UpgradeObject } from "./upgrade_objects.ts";

/** Returns what to do about an object; empty when nothing is needed. */
export function objectAdvice(
  release: string,
  { id, action }: Pick<UpgradeObject, "id" | "action">,
  name: PredictionClass,
  moves: readonly LabelMove[],
): string[] {
  const keep = moves.length === 0 ? [] : [
    `keep ${moves.map(({ key, from }) => `${key}: ${from}`).join(", ")} with a post-renderer: ` +
    `'${migrateCommand(release, "--post-renderer FILE")}' writes one`,
  ];
  if (action === "foreign") {
    return [
      `let the migration mark it: '${migrateCommand(release)}' without --no-adopt, or upgrade with --take-ownership`,
    ];
  }
  if (name === "restarts" || name === "drift") return keep;
  if (name === "gone-api") return [goneApiAdvice(id)];
  if (name !== "blocked") return [];
  const version = "use a version of the chart in which this value is fixed, or has a switch";
  if (id.kind === "StatefulSet") {
    return [
      ...keep,
      version,
      `just before the upgrade: 'kubectl delete statefulset ${id.name} -n ${id.namespace} --cascade=orphan'; ` +
      "pods and claims stay, and the new object takes the pods over if its selector is the same",
    ];
  }
  return [...keep, version];
}

/** Returns what to do about an API that the server does not have. */
function goneApiAdvice({ apiVersion, kind }: UpgradeObject["id"]): string {
  const end = removedIn(apiVersion, kind);
  if (end === undefined) {
    return `create what defines ${kind} in ${apiVersion}, or use a version of the chart that names an API version which the ` +
      "server has";
  }
  return end.use === undefined
    ? `Kubernetes has no ${kind} any more: use a version of the chart without it, or a value that leaves it out`
    : `use a version of the chart that names ${end.use}`;
}

/** Fields that templates of Helm 2 use and Helm 3 does not have, and the text to write instead. */
const GONE: readonly (readonly [pattern: RegExp, advice: string])[] = [
  [/\.Release\.Time|<\.Release\.Time/, "write now in place of .Release.Time: Helm 3 has no such field"],
  [/TillerVersion/, "remove .Capabilities.TillerVersion or .Chart.TillerVersion: Helm 3 has no Tiller"],
  [
    /field (BuildDate|Compiler|GoVersion|GitCommit|GitTreeState|Platform) in type/,
    "use .Capabilities.KubeVersion.Version, .Major or .Minor: Helm 3 has no other fields of the server's version",
  ],
  [/field ApiVersion in type/, "write .Chart.APIVersion in place of .Chart.ApiVersion"],
  [/field Engine in type/, "remove .Chart.Engine: Helm 3 has one engine"],
  [/field Url in type/, "write .URL in place of .Url for maintainers"],
  [/function "([^"]+)" not defined/, "the function does not exist in Helm 3: use another one"],
  [/values don't meet the specifications/, "change the values, or upgrade with --skip-schema-validation"],
  [/incompatible with Kubernetes/, "use a version of the chart that allows this version of Kubernetes"],
  [/chart\.metadata|validation:/, "correct the chart's Chart.yaml"],
];

/** Returns what to do about a chart that Helm 3 cannot render. */
export function renderAdvice(failure: string): string[] {
  const found = GONE.find(([pattern]) => pattern.test(failure))?.[1];
  const place = /([\w.-]+\/templates\/[^:\s)]+):(\d+)/.exec(failure);
  const where = place === null ? "" : `in ${place[1]?.replace(/^[^/]+\//, "")}, line ${place[2]}: `;
  return [`${where}${found ?? "correct the template, or use a version of the chart that was made for Helm 3"}`];
}

/** True for failures that are refusals of values or of the cluster, not of templates. */
export function isRefusal(failure: string): boolean {
  return /values don't meet the specifications|incompatible with Kubernetes/.test(failure);
}
