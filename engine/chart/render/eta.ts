/**
 * Charts with `engine: eta` in Chart.yaml: their templates are written for Eta,
 * in JavaScript, with the same top-level data as Go templates.
 *
 * The templates can only compute. They run in a context without import,
 * network, files or console, in a separate process with limits on time and
 * memory. `docs/security.md` describes it.
 *
 * Helm 2 has no such feature: it supports one engine only. As in Helm, the top
 * chart's `engine` applies to the whole tree.
 *
 * @module
 */
import { TemplateError } from "../../../errors.ts";
import type { Chart, ChartFile, ChartMetadata, KubeVersion, TillerVersion, Timestamp } from "../../model/mod.ts";
import { readAnswer } from "./eta_answer.ts";
import { type EtaEnd, type EtaLimits, runInProcess } from "./eta_process.ts";
import { runInWorker } from "./eta_thread.ts";
import type { EtaFailure, EtaJob, EtaTemplate } from "./eta_worker.ts";

/** The value of `it.Release` in templates. */
export interface EtaRelease {
  readonly Name: string;
  readonly Namespace: string;
  readonly Service: string;
  readonly Revision: number;
  readonly IsInstall: boolean;
  readonly IsUpgrade: boolean;
  readonly Time: Timestamp;
}

/** The value of `it.Capabilities` in templates. */
export interface EtaCapabilities {
  readonly kubeVersion: KubeVersion;
  readonly apiVersions: ReadonlySet<string>;
  readonly tillerVersion: TillerVersion;
}

/** One template file of the tree. */
export interface EtaFile {
  /** Full name, such as `web/charts/db/templates/pod.yaml`. */
  readonly name: string;
  readonly file: ChartFile;
  readonly chart: Chart;
  /** Full path of the chart's `templates` folder. */
  readonly basePath: string;
  /** `.Values` of that chart. */
  readonly values: unknown;
}

/** Limits for all templates of a chart together. */
export const ETA_LIMITS: EtaLimits = { timeMs: 10_000, memoryBytes: 512 * 1024 * 1024 };

/**
 * Renders a chart's Eta templates.
 *
 * @returns Text by full template name, without partials (`_…`).
 * @throws TemplateError with file and line, also when a limit is reached.
 */
export async function renderEta(
  files: readonly EtaFile[],
  release: EtaRelease,
  capabilities: EtaCapabilities,
  limits: EtaLimits = ETA_LIMITS,
): Promise<Record<string, string>> {
  const { templates, scopes } = jobOf(files, release, capabilities);
  const job = JSON.stringify({ templates, scopes });
  const outcome = await runInProcess(job, limits) ?? await runInWorker(job, limits);
  if ("end" in outcome) throw ended(outcome.end, limits);
  const named = templates.filter(({ partial }) => !partial).map(({ name }) => name);
  const answer = readAnswer(outcome.answer, { templates: templates.length, texts: named.length });
  if (answer === undefined) throw ended("nothing", limits);
  if ("failure" in answer) throw failed(templates[answer.failure.index]?.name ?? "", answer.failure);
  return Object.fromEntries(named.map((name, index) => [name, answer.texts[index] ?? ""]));
}

function jobOf(files: readonly EtaFile[], release: EtaRelease, capabilities: EtaCapabilities): EtaJob {
  const charts = [...new Set(files.map(({ chart }) => chart))];
  const decoder = new TextDecoder();
  const templates = files.map(({ name, file, chart, basePath }): EtaTemplate => ({
    name,
    basePath,
    text: decoder.decode(file.data),
    partial: (name.split("/").at(-1) ?? "").startsWith("_"),
    scope: charts.indexOf(chart),
  }));
  const scopes = charts.map((chart) => ({
    Values: files.find((file) => file.chart === chart)?.values,
    Release: { ...release, Time: { Seconds: release.Time.seconds, Nanos: release.Time.nanos } },
    Chart: capitalised(chart.metadata),
    Capabilities: {
      KubeVersion: capitalised(capabilities.kubeVersion),
      TillerVersion: capitalised(capabilities.tillerVersion),
      APIVersions: [...capabilities.apiVersions],
    },
    Files: Object.fromEntries(chart.files.map(({ path, data }) => [path, decoder.decode(data)])),
  }));
  return { templates, scopes };
}

/** Returns the record with field names as in Go templates: `kubeVersion` becomes `KubeVersion`. */
function capitalised(record: ChartMetadata | KubeVersion | TillerVersion): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => name !== "unknown")
      .map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}

function failed(name: string, { phase, line, message }: EtaFailure): TemplateError {
  const place = line > 0 ? `${name}:${line}` : name;
  return new TemplateError(`${phase} error in "${name}": template: ${place}: ${message}`, [
    { path: name, line: Math.max(line, 1), column: undefined },
  ]);
}

function ended(end: EtaEnd, { timeMs, memoryBytes }: EtaLimits): TemplateError {
  const [what, hint] = {
    time: [`ran longer than ${timeMs / 1000} s`, "Look for a loop that does not end."],
    memory: [
      `took more than ${memoryBytes / 2 ** 20} MiB of memory`,
      "Look for a loop that makes a text or a list longer without end.",
    ],
    nothing: ["ended without an answer", "Look for code that changes JavaScript's own objects."],
  }[end] as [string, string];
  return new TemplateError(`rendering template failed: Eta templates ${what}`, [], { hint });
}
