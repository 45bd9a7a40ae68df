/**
 * Chart + values + cluster → hooks, manifests in order, notes. Pure.
 *
 * Source: Helm 2.17.0, `renderResources` in `pkg/tiller/release_server.go`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Capabilities, Chart, Hook, Timestamp } from "../../model/mod.ts";
import type { ClockAndRandom } from "../../base/mod.ts";
import { compareBytes } from "../../lang/golang/mod.ts";
import { isCompatibleRange } from "../../lang/semver/mod.ts";
import { trimSpace } from "./_text.ts";
import type { ClassifyOptions } from "./hooks.ts";
import { classify, DocumentError, joinManifests, type ParsedManifest, type ReadHead } from "./manifests.ts";
import { takeNotes } from "./notes.ts";
import { renderChart, type RenderOptions } from "./render.ts";
import { inKindOrder, INSTALL_ORDER } from "./sort.ts";
import { originOfLine, traceChart } from "./trace.ts";

/** Options of {@linkcode renderRelease}. */
export interface RenderReleaseOptions extends ClassifyOptions, ClockAndRandom {
  /** The chart with its requirements processed. */
  readonly chart: Chart;
  /** The user's config, as YAML text. */
  readonly config: string;
  /** The fields of `.Release`. */
  readonly release: {
    readonly name: string;
    readonly namespace: string;
    readonly revision: number;
    readonly isInstall: boolean;
    readonly isUpgrade: boolean;
    readonly time: Timestamp;
  };
  /** The value of `.Capabilities`; also used to check `kubeVersion` and `tillerVersion`. */
  readonly capabilities: Capabilities;
  /** True to render the notes of subcharts too. */
  readonly subNotes?: boolean | undefined;
  /** True if the capabilities are not those of a real cluster; then the chart's `kubeVersion` and `tillerVersion` are not checked. */
  readonly anyCluster?: boolean | undefined;
  /** Reads the head of each document; default {@linkcode readHead}. */
  readonly readHead?: ReadHead | undefined;
}

/** A rendered chart. */
export interface RenderedRelease {
  /** In the order of paths, then of documents. */
  readonly hooks: readonly Hook[];
  /** In the order they are created. */
  readonly manifests: readonly ParsedManifest[];
  /** The manifests as one text. */
  readonly manifest: string;
  /** Empty when there are none. */
  readonly notes: string;
}

/** Thrown when a rendered document is not valid YAML; the message is Helm's. */
export class ManifestError extends SkegError {
  /** All rendered files, neither split nor sorted, so that the user can find the mistake. */
  readonly rendered: string;

  /** Makes the error; `message` is Helm's. */
  constructor(message: string, rendered: string, cause: SkegError, hint: string | undefined) {
    super("yaml", message, { cause, hint });
    this.rendered = rendered;
  }
}

/**
 * Renders a chart as a release of a cluster.
 *
 * @throws SkegError of kind `chart` when the chart requires another version of Tiller or Kubernetes.
 * @throws TemplateError when a template fails.
 * @throws ManifestError when a rendered document is not valid YAML.
 */
export async function renderRelease(options: RenderReleaseOptions): Promise<RenderedRelease> {
  const { chart, capabilities } = options;
  checkSendable(chart);
  if (options.anyCluster !== true) checkGates(chart, capabilities);
  const rendered = await renderChart(chart, renderOptions(options));
  const { files, notes } = takeNotes(rendered, chart.metadata.name, options.subNotes ?? false);
  try {
    const { hooks, manifests } = classify(files, options, options.readHead);
    const ordered = inKindOrder(manifests, INSTALL_ORDER);
    return { hooks, manifests: ordered, manifest: joinManifests(ordered), notes };
  } catch (cause) {
    if (!(cause instanceof SkegError) || cause.kind !== "yaml") throw cause;
    throw new ManifestError(cause.message, blobOf(files), cause, await hintOf(cause, options));
  }
}

/** Returns the error's hint with the template line that made the line of the document. */
async function hintOf(error: SkegError, options: RenderReleaseOptions): Promise<string | undefined> {
  if (!(error instanceof DocumentError) || error.line === undefined || error.hint === undefined) return error.hint;
  const { path, text, line } = error;
  try {
    const traced = await traceChart(options.chart, renderOptions(options));
    const origin = originOfLine(traced[path] ?? [], path, text, line);
    return origin === undefined ? error.hint : `${error.hint} It comes from line ${origin.line} of ${origin.template}.`;
  } catch {
    // Charts in Eta cannot be traced. The error itself is worth more than this line.
    return error.hint;
  }
}

function renderOptions({ config, release, capabilities, clock, random }: RenderReleaseOptions): RenderOptions {
  return {
    values: config,
    release: { ...release, service: "Tiller" },
    capabilities: { ...capabilities, apiVersions: [...capabilities.apiVersions] },
    wasSent: true,
    clock,
    random,
  };
}

/** Helm 2: a chart with a maintainer that is null cannot be sent to a Tiller. */
function checkSendable({ metadata, dependencies }: Chart): void {
  if (metadata.maintainers?.some(({ isNull }) => isNull)) {
    throw new SkegError("chart", "grpc: error while marshaling: proto: repeated field Maintainers has nil element", {
      hint: `remove the empty entry of maintainers in the Chart.yaml of ${metadata.name}`,
    });
  }
  dependencies.forEach(checkSendable);
}

/**
 * Throws when a chart requires another version of Tiller or Kubernetes.
 *
 * Helm 2: a cluster version with a pre-release part only satisfies ranges that
 * have one too. So `>=1.10.0` excludes `v1.16.3-gke.1`; charts write `>=1.10.0-0`.
 *
 * @throws SkegError of kind `chart`.
 */
export function checkGates(chart: Chart, capabilities: Capabilities): void {
  const { tillerVersion, kubeVersion } = chart.metadata;
  const program = capabilities.tillerVersion.semVer;
  if (tillerVersion !== undefined && tillerVersion !== "" && !isCompatibleRange(tillerVersion, program)) {
    throw new SkegError("chart", `Chart incompatible with Tiller ${program}`);
  }
  if (kubeVersion === undefined || kubeVersion === "") return;
  const [cluster = ""] = capabilities.kubeVersion.gitVersion.split("+");
  if (isCompatibleRange(kubeVersion, cluster)) return;
  throw new SkegError(
    "chart",
    `Chart requires kubernetesVersion: ${kubeVersion} which is incompatible with Kubernetes ${cluster}`,
  );
}

function blobOf(files: Readonly<Record<string, string>>): string {
  return Object.keys(files).sort(compareBytes)
    .filter((path) => trimSpace(files[path] ?? "") !== "")
    .map((path) => `\n---\n# Source: ${path}\n${files[path]}`).join("");
}
