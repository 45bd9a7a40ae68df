/**
 * Charts whose Chart.yaml says `engine: eta`: templates written for Eta, in
 * JavaScript, with the same top-level data as Go templates.
 *
 * They run in a worker that has no permissions and a time limit. Nothing of
 * Helm 2 answers to this: it knows one engine only. As with Helm's engines,
 * the top chart's choice holds for the whole tree.
 *
 * @module
 */
import { TemplateError } from "../../errors.ts";
import type { Chart, ChartFile, ChartMetadata, KubeVersion, TillerVersion, Timestamp } from "../../model/mod.ts";
import { ETA_WORKER, type EtaAnswer, type EtaJob, type EtaTemplate } from "./eta_worker.ts";

/** What templates see as `it.Release`. */
export interface EtaRelease {
  readonly Name: string;
  readonly Namespace: string;
  readonly Service: string;
  readonly Revision: number;
  readonly IsInstall: boolean;
  readonly IsUpgrade: boolean;
  readonly Time: Timestamp;
}

/** What templates see as `it.Capabilities`. */
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

/** Longest time that all templates of a chart may take together, in milliseconds. */
export const ETA_LIMIT_MS = 10_000;

/**
 * Renders a chart's Eta templates.
 *
 * @returns Text by full template name; partials (`_…`) left out.
 * @throws TemplateError naming file and line, also when the time is up.
 */
export async function renderEta(
  files: readonly EtaFile[],
  release: EtaRelease,
  capabilities: EtaCapabilities,
  limitMs: number = ETA_LIMIT_MS,
): Promise<Record<string, string>> {
  const { Eta } = await import("npm:eta@4.6.0");
  const eta = new Eta({ autoEscape: false, autoTrim: [false, false], cache: false, debug: true, useWith: false });
  const charts = [...new Set(files.map(({ chart }) => chart))];
  const decoder = new TextDecoder();
  const templates = files.map(({ name, file, chart, basePath }): EtaTemplate => ({
    name,
    basePath,
    body: compiled(name, () => eta.compileToString(decoder.decode(file.data))),
    partial: (name.split("/").at(-1) ?? "").startsWith("_"),
    scope: charts.indexOf(chart),
  }));
  const scopes = charts.map((chart) => ({
    Values: portable(files.find((file) => file.chart === chart)?.values),
    Release: { ...release, Time: { Seconds: release.Time.seconds, Nanos: release.Time.nanos } },
    Chart: capitalised(chart.metadata),
    Capabilities: {
      KubeVersion: capitalised(capabilities.kubeVersion),
      TillerVersion: capitalised(capabilities.tillerVersion),
      APIVersions: [...capabilities.apiVersions],
    },
    Files: Object.fromEntries(chart.files.map(({ path, data }) => [path, decoder.decode(data)])),
  }));
  return await answerOf({ templates, scopes }, limitMs);
}

function compiled(name: string, compile: () => string): string {
  try {
    return compile();
  } catch (error) {
    throw failure("parse", name, 0, error instanceof Error ? error.message : String(error));
  }
}

/** JSON data without what a worker cannot be sent; engine kinds become plain numbers and lists. */
function portable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(portable);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, portable(item)]));
}

/** Names as Go templates have them: `kubeVersion` is `KubeVersion`. */
function capitalised(record: ChartMetadata | KubeVersion | TillerVersion): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).filter(([name]) => name !== "unknown")
      .map(([name, value]) => [name.charAt(0).toUpperCase() + name.slice(1), value]),
  );
}

function failure(phase: "parse" | "render", name: string, line: number, message: string): TemplateError {
  const place = line > 0 ? `${name}:${line}` : name;
  return new TemplateError(`${phase} error in "${name}": template: ${place}: ${message}`, [
    { path: name, line: Math.max(line, 1), column: undefined },
  ]);
}

/** Runs the job in a worker of its own and ends the worker, whatever happens. */
function answerOf(job: EtaJob, limitMs: number): Promise<Record<string, string>> {
  const url = URL.createObjectURL(new Blob([ETA_WORKER], { type: "text/javascript" }));
  const worker = new Worker(url, { type: "module", name: "eta", deno: { permissions: "none" } });
  return new Promise<Record<string, string>>((resolve, reject) => {
    const timer = setTimeout(
      () =>
        reject(
          new TemplateError(`rendering template failed: Eta templates ran longer than ${limitMs / 1000} s`, [], {
            hint: "Look for a loop that does not end.",
          }),
        ),
      limitMs,
    );
    worker.onmessage = ({ data }: MessageEvent<EtaAnswer>) => {
      clearTimeout(timer);
      if ("texts" in data) resolve(data.texts);
      else reject(failure(data.phase, data.name, data.line, data.error));
    };
    worker.onerror = (event) => {
      clearTimeout(timer);
      event.preventDefault();
      reject(new TemplateError(`rendering template failed: ${event.message}`));
    };
    worker.postMessage(job);
  }).finally(() => {
    worker.terminate();
    URL.revokeObjectURL(url);
  });
}
