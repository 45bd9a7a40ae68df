/**
 * Chart + values + cluster → hooks and manifests, as an upgrade by Helm 3 renders them.
 *
 * Source: Helm 3.22.0, `pkg/action/upgrade.go` (`prepareUpgrade`), `pkg/action/action.go` (`renderResources`),
 * `pkg/engine/engine.go`, `pkg/releaseutil/manifest_sorter.go`.
 *
 * @module
 */
import { SkegError, TemplateError } from "../../../errors.ts";
import { type Capabilities, type Chart, type Hook, HOOK_EVENTS, type HookEvent } from "../../model/mod.ts";
import type { ClockAndRandom } from "../../base/mod.ts";
import { goInt, type GoMap, newMap } from "../../lang/golang/mod.ts";
import { isCurrentRange } from "../../lang/semver/mod.ts";
import { loadHelm3Functions } from "../../lang/template/mod.ts";
import {
  childValues,
  classify,
  compileTexts,
  filesObject,
  inKindOrder,
  type LeftOutHook,
  type ParsedManifest,
  templatesOf,
  templateTexts,
  todaysFailure,
} from "../render/mod.ts";
import { checkSchemas, parseValues, type Warn } from "../values/mod.ts";
import { coalesceHelm3 } from "./coalesce.ts";
import { processDependencies } from "./dependencies.ts";
import { capabilitiesObject, chartObject, helm3MapMethod } from "./objects.ts";
import { HELM3_INSTALL_ORDER } from "./order.ts";
import { type ChartTree, chartTree, isPlainFile } from "./tree.ts";

/** The fields of `.Release`. */
export interface Helm3Facts {
  /** Name of the release. */
  readonly name: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The revision that is being made. */
  readonly revision: number;
  /** False for an installation. */
  readonly isUpgrade: boolean;
}

/** Options of {@linkcode renderHelm3}. */
export interface RenderHelm3Options extends ClockAndRandom {
  /** The user's config, as YAML text. */
  readonly config: string;
  /** The fields of `.Release`. */
  readonly release: Helm3Facts;
  /** Of the cluster; Tiller's version in it is not used. */
  readonly capabilities: Capabilities;
  /** False to leave `values.schema.json` unread. */
  readonly schema?: boolean | undefined;
  /** Called with lines that Helm 3 logs. */
  readonly warn?: Warn | undefined;
}

/** A chart rendered as by Helm 3. */
export interface Helm3Rendered {
  /** In the order of kinds, then of paths and documents. The event `test` is spelled `test-success`. */
  readonly hooks: readonly Hook[];
  /** In the order in which they are created. */
  readonly manifests: readonly ParsedManifest[];
  /** The manifests as one text, as Helm 3 records it. */
  readonly manifest: string;
  /** Documents that are dropped because their hook is unknown to Helm 3. */
  readonly leftOut: readonly LeftOutHook[];
}

/**
 * Renders a chart as Helm 3 would. `lookup` finds nothing.
 *
 * @param chart As loaded; for a chart of a Helm 2 record, what {@linkcode chartForHelm3} returns.
 * @throws TemplateError or SkegError with the words of Helm 3.
 */
export async function renderHelm3(chart: Chart, options: RenderHelm3Options): Promise<Helm3Rendered> {
  const { warn = () => {}, capabilities } = options;
  const given = parseValues(options.config);
  const whole = chartTree(chart);
  checkSubcharts(whole);
  const tree = processDependencies(whole, given, warn);
  const values = coalesceHelm3(tree, given, "coalesce", warn);
  if (options.schema !== false) await checkSchemas(tree.chart, options.config, values);
  const { kubeVersion = "" } = tree.chart.metadata;
  const cluster = capabilities.kubeVersion.gitVersion;
  if (kubeVersion !== "" && !isCurrentRange(kubeVersion, cluster)) {
    throw new SkegError(
      "chart",
      `chart requires kubeVersion: ${kubeVersion} which is incompatible with Kubernetes ${cluster}`,
    );
  }
  return sorted(await texts(tree, values, options));
}

/** Throws if a listed subchart is missing, as commands of Helm 3 do before they render. */
function checkSubcharts({ requirements = [], children }: ChartTree): void {
  const names = new Set(children.map(({ chart }) => chart.metadata.name));
  const missing = requirements.filter(({ name }) => !names.has(name)).map(({ name }) => name);
  if (missing.length === 0) return;
  throw new SkegError(
    "chart",
    "An error occurred while checking for chart dependencies. You may need to run `helm dependency build` to fetch missing " +
      `dependencies: found in Chart.yaml, but missing in charts/ directory: ${missing.join(", ")}`,
  );
}

/** Renders all templates; text by full template name. */
async function texts(tree: ChartTree, values: GoMap, options: RenderHelm3Options): Promise<Record<string, string>> {
  const scopes = new Map<string, { readonly data: GoMap; readonly basePath: string }>();
  const { name, namespace, revision, isUpgrade } = options.release;
  const release = Object.assign(newMap(), {
    Name: name,
    Namespace: namespace,
    IsUpgrade: isUpgrade,
    IsInstall: !isUpgrade,
    Revision: goInt(revision),
    Service: "Helm",
  });
  const shared = { Release: release, Capabilities: capabilitiesObject(options.capabilities) };
  addScopes(tree, undefined, Object.assign(newMap("chartutil.Values"), values), shared, scopes);
  try {
    const functions = await loadHelm3Functions();
    const program = compileTexts(templateTexts(tree.chart), { functions, mapMethod: helm3MapMethod });
    const rendered = await program.run({
      dataOf: (path) => scopes.get(path) as { data: GoMap; basePath: string },
      clock: options.clock,
      random: options.random,
    });
    return Object.fromEntries(rendered);
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw new TemplateError(todaysFailure(error).whole, error.trace, { cause: error, hint: error.hint });
  }
}

/** Adds the data of the templates of a chart and its subcharts; returns the chart's own. */
function addScopes(
  tree: ChartTree,
  parent: { readonly data: GoMap; readonly path: string } | undefined,
  values: GoMap,
  shared: Readonly<Record<string, unknown>>,
  scopes: Map<string, { readonly data: GoMap; readonly basePath: string }>,
): GoMap {
  const { name } = tree.chart.metadata;
  const path = parent === undefined ? name : `${parent.path}/charts/${name}`;
  const subcharts = newMap();
  const data = Object.assign(newMap(), {
    Chart: chartObject(tree, parent === undefined),
    Files: filesObject(tree.chart.files.filter(isPlainFile), false),
    ...shared,
    Values: values,
    Subcharts: subcharts,
  });
  for (const child of tree.children) {
    const { name: key } = child.chart.metadata;
    subcharts[key] = addScopes(child, { data, path }, childValues(values, key), shared, scopes);
  }
  const alone = { ...tree.chart, dependencies: [] };
  const above = path.slice(0, path.length - name.length);
  for (const { name: file } of templatesOf(alone)) {
    scopes.set(`${above}${file}`, { data, basePath: `${path}/templates` });
  }
  return data;
}

/** Takes the notes out, and sorts the other texts. */
function sorted(rendered: Readonly<Record<string, string>>): Helm3Rendered {
  const files = Object.fromEntries(Object.entries(rendered).filter(([path]) => !path.endsWith("NOTES.txt")));
  const leftOut: LeftOutHook[] = [];
  const { hooks, manifests } = classify(files, { eventOf, leftOut: (document) => leftOut.push(document) });
  const ordered = inKindOrder(manifests, HELM3_INSTALL_ORDER);
  const manifest = ordered.map(({ path, text }) => `---\n# Source: ${path}\n${text}\n`).join("");
  const hooksInOrder = inKindOrder(hooks.map((hook) => ({ ...hook, text: hook.manifest })), HELM3_INSTALL_ORDER);
  return { hooks: hooksInOrder.map(({ text: _, ...hook }) => hook), manifests: ordered, manifest, leftOut };
}

/** Events that Helm 3 does not have. */
const GONE: ReadonlySet<HookEvent> = new Set(["unknown", "test-failure", "crd-install"]);

function eventOf(name: string): HookEvent | undefined {
  if (name === "test") return "test-success";
  return HOOK_EVENTS.find((event) => event === name && !GONE.has(event));
}
