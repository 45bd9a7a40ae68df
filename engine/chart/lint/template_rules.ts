/**
 * Rules about templates: they must load and render, and the result must be YAML.
 *
 * Source: Helm 2.17.0, `pkg/lint/rules/template.go`.
 *
 * @module
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { SkegError } from "../../../errors.ts";
import { type ClockAndRandom, messageOf, systemClock } from "../../base/mod.ts";
import { type Capabilities, type Chart, defaultCapabilities, type Timestamp } from "../../model/mod.ts";
import { checkRequirements, loadChart } from "../load/mod.ts";
import { renderChart, type RenderOptions, traceChart, type TracedLine } from "../render/mod.ts";
import {
  coalesceValues,
  hasSchema,
  processRequirements,
  SCHEMA_FILE,
  schemaFailures,
  schemaFailureText,
} from "../values/mod.ts";
import { decodeStruct, STRING } from "../../lang/yaml/mod.ts";
import { type Findings, type LintMessage, notYaml } from "./linter.ts";

const FOLDER = "templates/";
const EXTENSIONS = [".yaml", ".yml", ".tpl", ".txt"];

/** The fields that are checked in a rendered document. */
const DOCUMENT = {
  kind: "struct",
  type: "rules.K8sYamlStruct",
  fields: { Metadata: { kind: "struct", type: "struct { Namespace string }", fields: { Namespace: STRING } } },
} as const;

/** Renders the chart once more, and returns where each line comes from. */
export type TraceRender = () => Promise<Readonly<Record<string, readonly TracedLine[]>>>;

/** Options of lint. */
export interface LintOptions extends ClockAndRandom {
  /** The user's values as YAML text. */
  readonly config?: string | undefined;
  /** The value of `.Release.Namespace`; `default` when absent. */
  readonly namespace?: string | undefined;
  /** The value of `.Release.Time`; the current time when absent. */
  readonly time?: Timestamp | undefined;
  /**
   * True to render as an installation does: required subcharts must exist, requirements are applied (conditions, tags,
   * aliases, imported values), and nulls remove defaults. Helm 2's lint does none of this.
   */
  readonly asInstall?: boolean | undefined;
  /** True to check the values against `values.schema.json`, which Helm 2 ignores. */
  readonly schema?: boolean | undefined;
  /** The value of `.Capabilities`; Helm's defaults when absent. */
  readonly capabilities?: Capabilities | undefined;
  /** Called with the rendered files (path, with the chart's name first → text). Its findings follow those of the rules. */
  readonly inspect?:
    | ((
      chart: Chart,
      rendered: Readonly<Record<string, string>>,
      trace: TraceRender,
    ) => Promise<readonly LintMessage[]>)
    | undefined;
  /** The value of `.Release.Name`; `testRelease` when absent, which is no valid name of objects. */
  readonly releaseName?: string | undefined;
  /** Called with lines that Helm 2 logs. */
  readonly warn?: ((text: string) => void) | undefined;
}

/** Checks a chart's templates; `folder` is absolute. */
export async function checkTemplates(folder: string, options: LintOptions, findings: Findings): Promise<void> {
  const info = statSync(join(folder, "templates"), { throwIfNoEntry: false });
  const missing = info === undefined ? "directory not found" : info.isDirectory() ? undefined : "not a directory";
  if (!findings.check("WARNING", FOLDER, missing)) return;
  let chart: Chart;
  try {
    chart = await loadChart(folder, { warn: options.warn });
  } catch (error) {
    findings.check("ERROR", FOLDER, expected(error));
    return;
  }
  if (options.asInstall === true) {
    try {
      checkRequirements(chart);
      chart = processRequirements(chart, options.config ?? "", options.warn, options.warn);
    } catch (error) {
      findings.check("ERROR", FOLDER, expected(error));
      return;
    }
  }
  await checkSchema(chart, options, findings);
  const result = await render(chart, options, findings);
  if (result === undefined) return;
  const { rendered, trace } = result;
  const extensions = chart.metadata.engine === "eta" ? [...EXTENSIONS, ".eta"] : EXTENSIONS;
  for (const { path } of chart.templates) {
    const extension = /\.[^./]*$/u.exec(path)?.[0] ?? "";
    findings.check(
      "WARNING",
      path,
      extensions.includes(extension)
        ? undefined
        : `file extension '${extension}' not valid. Valid extensions are .yaml, .yml, .tpl, or .txt`,
    );
    if (extension !== ".yaml") continue;
    try {
      decodeStruct(rendered[`${chart.metadata.name}/${path}`] ?? "", DOCUMENT);
    } catch (error) {
      findings.check("ERROR", path, notYaml(expectedError(error)));
    }
  }
  findings.messages.push(...await options.inspect?.(chart, rendered, trace) ?? []);
}

/** Checks values against schemas; without the option, notes that there is one. */
async function checkSchema(chart: Chart, options: LintOptions, findings: Findings): Promise<void> {
  if (!hasSchema(chart)) return;
  if (options.schema !== true) {
    options.warn?.(`Note: ${SCHEMA_FILE} is not checked, because Helm 2 does not know it; --schema checks it.`);
    return;
  }
  try {
    for (const failure of await schemaFailures(chart, options.config ?? "")) {
      const path = failure.chart === chart.metadata.name ? SCHEMA_FILE : `${failure.chart}/${SCHEMA_FILE}`;
      findings.check("ERROR", path, schemaFailureText(failure));
    }
  } catch (error) {
    findings.check("ERROR", SCHEMA_FILE, expected(error));
  }
}

/** Returns the rendered files, or `undefined` when the chart cannot be rendered. */
async function render(
  chart: Chart,
  options: LintOptions,
  findings: Findings,
): Promise<{ rendered: Record<string, string>; trace: TraceRender } | undefined> {
  const warn = options.warn ?? (() => {});
  let config;
  try {
    // Helm 2 coalesces twice here, so a null does not remove a default.
    config = options.asInstall === true
      ? options.config ?? ""
      : coalesceValues(chart, options.config ?? "", warn, "read");
  } catch (error) {
    return unreadable(error, findings);
  }
  const { clock = systemClock, random } = options;
  const time = options.time ?? { seconds: clock().seconds, nanos: 0 };
  const { namespace = "default", capabilities = defaultCapabilities() } = options;
  const { kubeVersion, apiVersions, tillerVersion } = capabilities;
  const renderOptions: RenderOptions = {
    values: config,
    release: {
      name: options.releaseName ?? "testRelease",
      namespace,
      service: "Tiller",
      revision: options.asInstall === true ? 1 : 0,
      isInstall: options.asInstall === true,
      isUpgrade: false,
      time,
    },
    capabilities: { kubeVersion, tillerVersion, apiVersions: [...apiVersions] },
    lint: true,
    warn,
    clock,
    random,
  };
  try {
    const rendered = await renderChart(chart, renderOptions);
    return { rendered, trace: () => traceChart(chart, { ...renderOptions, warn: () => {} }) };
  } catch (error) {
    return unreadable(error, findings);
  }
}

/** Reports values that cannot be coalesced. Helm 2 ignores them; errors that crash Helm 2 have kind `chart`. */
function unreadable(error: unknown, findings: Findings): undefined {
  if (expectedError(error).kind === "values") return undefined;
  findings.check("ERROR", FOLDER, expected(error));
}

function expected(error: unknown): string {
  return messageOf(expectedError(error));
}

/** Returns the error when it is a SkegError, which describes a mistake of the chart; throws every other error again. */
function expectedError(error: unknown): SkegError {
  if (error instanceof SkegError) return error;
  throw error;
}
