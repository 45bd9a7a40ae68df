/**
 * Computes the input of each template file of a chart tree: its data, its name,
 * its folder.
 *
 * Source: Helm 2.17.0, `pkg/engine/engine.go`, `pkg/chartutil/values.go`.
 *
 * @module
 */
import {
  type Capabilities,
  type Chart,
  type ChartFile,
  defaultCapabilities,
  type KubeVersion,
  TILLER_VERSION,
  type TillerVersion,
  type Timestamp,
  type Values,
} from "../../model/mod.ts";
import { type ClockAndRandom, systemClock } from "../../base/mod.ts";
import { goInt, type GoMap, isMap, MAP_TYPE, newMap, NIL_MAP, nilMap } from "../../lang/golang/mod.ts";
import { parseVersion } from "../../lang/semver/mod.ts";
import { viewAs } from "../../lang/template/mod.ts";
import { filesObject } from "./map_methods.ts";
import { capabilitiesObject, chartObject, timeObject } from "./objects.ts";

/** The fields of `.Release`; absent ones have the defaults of `helm template`. */
export interface ReleaseFacts {
  /** `RELEASE-NAME` when absent. */
  readonly name?: string;
  /** `default` when absent. */
  readonly namespace?: string;
  /** `Tiller` when absent. */
  readonly service?: string;
  /** 0 when absent. */
  readonly revision?: number;
  /** True when absent, unless it is an upgrade. */
  readonly isInstall?: boolean;
  /** False when absent. */
  readonly isUpgrade?: boolean;
  /** Now when absent. */
  readonly time?: Timestamp;
}

/** The fields of `.Capabilities`; absent ones have the defaults for rendering without a cluster. */
export interface CapabilityFacts {
  /** The cluster's version, or as text such as `1.16.0`. */
  readonly kubeVersion?: Partial<KubeVersion> | string;
  /** Entries such as `v1`, `apps/v1` and `apps/v1/Deployment`. */
  readonly apiVersions?: Iterable<string>;
  /** Tiller's version; when absent, the one that skeg emulates. */
  readonly tillerVersion?: TillerVersion;
}

const VALUES = "chartutil.Values";

/** The facts that templates see besides values. */
export interface Facts {
  /** The fields of `.Release`. */
  readonly release?: ReleaseFacts;
  /** The fields of `.Capabilities`. */
  readonly capabilities?: CapabilityFacts;
  /**
   * The chart went through protobuf, as every release's did on its way to Tiller: empty files, and empty lists and maps
   * of Chart.yaml, are nil then. False when absent, as in `helm template`.
   */
  readonly wasSent?: boolean | undefined;
}

/** The input that all templates of one chart share. */
export interface ChartScope {
  readonly data: GoMap;
  readonly basePath: string;
}

/** Yields the full template names with their files; of two files with the same name the later one is used. */
export function* templatesOf(chart: Chart, parent = ""): Generator<{ name: string; file: ChartFile; owner: Chart }> {
  const path = chartPath(chart, parent);
  for (const child of chart.dependencies) yield* templatesOf(child, path);
  for (const file of chart.templates) yield { name: joined(path, file.path), file, owner: chart };
}

function chartPath(chart: Chart, parent: string): string {
  const { name } = chart.metadata;
  return parent === "" ? name : joined(joined(parent, "charts"), name);
}

/** Go's `path.Join` of two paths. */
function joined(base: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${base}/${path}`.split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else parts.push(part);
  }
  return parts.join("/");
}

/** Returns the data of the top chart's templates. */
export function topData(chart: Chart, values: Values, options: Facts & ClockAndRandom): GoMap {
  const { wasSent = false } = options;
  const data = newMap(VALUES);
  data["Release"] = releaseObject(options.release ?? {}, releaseTime(options));
  data["Chart"] = chartObject(chart.metadata, wasSent);
  data["Files"] = filesObject(chart.files, wasSent);
  data["Capabilities"] = capabilitiesObject(factsOf(options.capabilities ?? {}));
  data["Values"] = values;
  return data;
}

/** Returns what `.Release.Time` shows. */
export function releaseTime({ release, clock = systemClock }: Facts & ClockAndRandom): Timestamp {
  return release?.time ?? { seconds: clock().seconds, nanos: 0 };
}

function releaseObject(release: ReleaseFacts, time: Timestamp): GoMap {
  const map = newMap();
  map["Name"] = release.name ?? "RELEASE-NAME";
  map["Time"] = timeObject(time);
  map["Namespace"] = release.namespace ?? "default";
  map["IsUpgrade"] = release.isUpgrade ?? false;
  map["IsInstall"] = release.isInstall ?? !(release.isUpgrade ?? false);
  map["Revision"] = goInt(release.revision ?? 0);
  map["Service"] = release.service ?? "Tiller";
  return map;
}

/** Returns the value of `.Capabilities`, with defaults for absent fields. */
export function factsOf(given: CapabilityFacts): Capabilities {
  const base = defaultCapabilities();
  return {
    kubeVersion: kubeVersion(given.kubeVersion, base.kubeVersion),
    apiVersions: given.apiVersions === undefined ? base.apiVersions : new Set(given.apiVersions),
    tillerVersion: given.tillerVersion ?? TILLER_VERSION,
  };
}

function kubeVersion(given: Partial<KubeVersion> | string | undefined, base: KubeVersion): KubeVersion {
  if (typeof given !== "string") return { ...base, ...given };
  const { major, minor } = parseVersion(given);
  return { ...base, major: `${major}`, minor: `${minor}`, gitVersion: `v${major}.${minor}.0` };
}

/** Returns the data of every template file of the tree, by its name. */
export function scopesOf(
  chart: Chart,
  data: GoMap,
  wasSent = false,
  parent = "",
  scopes = new Map<string, ChartScope>(),
): Map<string, ChartScope> {
  const path = chartPath(chart, parent);
  for (const child of chart.dependencies) scopesOf(child, childData(child, data, wasSent), wasSent, path, scopes);
  const scope = { data, basePath: joined(path, "templates") };
  for (const file of chart.templates) scopes.set(joined(path, file.path), scope);
  return scopes;
}

/** Returns the objects that the paths of values begin with, and their paths as the top chart sees them. */
export function rootsOf(scopes: ReadonlyMap<string, ChartScope>): Map<object, readonly string[]> {
  const roots = new Map<object, readonly string[]>();
  for (const [name, { data }] of scopes) {
    // All templates of a chart share their data.
    if (roots.has(data)) continue;
    roots.set(data, []);
    if (isMap(data["Values"])) roots.set(data["Values"], ["Values", ...valuesPath(name)]);
  }
  return roots;
}

/** As {@linkcode rootsOf}; also names `global` of each subchart, which has the values that the top chart's has. */
export function rootsWithGlobals(scopes: ReadonlyMap<string, ChartScope>): Map<object, readonly string[]> {
  const roots = rootsOf(scopes);
  for (const values of [...roots.keys()]) {
    const global = isMap(values) ? values["global"] : undefined;
    if (isMap(global)) roots.set(global, ["Values", "global"]);
  }
  return roots;
}

/** Returns the path of a subchart's values in the top chart's values. */
function valuesPath(template: string): string[] {
  const charts = template.split("/templates/")[0]?.split("/charts/").slice(1) ?? [];
  // A dot in a subchart's name leads into a table, as in `childValues`.
  return charts.flatMap((name) => name.split("."));
}

/** Returns the data of a subchart: the values table with its name, and its own chart and files. */
function childData(chart: Chart, parent: GoMap, wasSent: boolean): GoMap {
  const { name } = chart.metadata;
  const data = newMap(VALUES);
  if (name === "") return data;
  data["Values"] = childValues(parent["Values"], name);
  data["Release"] = parent["Release"];
  data["Chart"] = chartObject(chart.metadata, wasSent);
  data["Files"] = filesObject(chart.files, wasSent);
  data["Capabilities"] = parent["Capabilities"];
  return data;
}

/** Returns the values of a subchart: the table of its name in its parent's values, which then shows changes of both. */
export function childValues(parent: unknown, name: string): GoMap {
  if (!isMap(parent)) return newMap(VALUES);
  const section = name.split(".").reduce<unknown>((table, key) => isMap(table) ? table[key] : undefined, parent);
  if (!isMap(section)) return newMap(VALUES);
  if ((section as GoMap)[MAP_TYPE] !== undefined) return section as GoMap;
  // The subchart reads this table most often, so it gets the map itself. The parent gets a view with the plain Go type.
  const own = (section as GoMap)[NIL_MAP] ? nilMap(VALUES) : Object.assign(newMap(VALUES), section);
  if (Object.hasOwn(parent, name)) (parent as GoMap)[name] = viewAs(own, "map[string]interface {}");
  return own;
}
