/**
 * Finds the template lines that made the objects of a release. Loaded only after an error.
 *
 * @module
 */
import type { Capabilities, Release } from "../engine/model/mod.ts";
import { originOfLine, traceChart, type TracedLine } from "../engine/chart/render/mod.ts";
import { explainChart, type WhyOptions } from "../engine/chart/why/mod.ts";

/** A line of a template. */
export interface TemplateLine {
  /** Full name of the template, such as `web/templates/service.yaml`. */
  readonly template: string;
  /** From 1. */
  readonly line: number;
}

/** Finds template lines of one release. */
export interface TemplateLines {
  /**
   * Returns the line that wrote a field of an object, or that began the object. A field that the object does not have
   * counts as the nearest one around it.
   *
   * @param path Such as `spec.ports[0].port`; empty: the whole object.
   */
  field(kind: string, name: string, path: string): TemplateLine | undefined;
  /** Returns the line that began a document of a template. */
  document(template: string, text: string): TemplateLine | undefined;
}

/**
 * Renders the chart of a release once more, and returns what finds template lines. `undefined` if that fails, as for a
 * chart with `engine: eta`.
 */
export async function templateLines(
  { chart, config, name, namespace, revision, info }: Release,
  capabilities: Capabilities,
): Promise<TemplateLines | undefined> {
  if (chart === undefined) return undefined;
  const isInstall = info.status.code === "PENDING_INSTALL" || revision === 1;
  const options: WhyOptions = {
    config: config?.raw ?? "{}\n",
    release: { name, namespace, revision, isInstall, isUpgrade: !isInstall },
    capabilities: { ...capabilities, apiVersions: [...capabilities.apiVersions] },
  };
  try {
    const { config: values, ...facts } = options;
    const [explained, traced] = await Promise.all([
      explainChart(chart, options),
      traceChart(chart, { ...facts, values }),
    ]);
    return {
      field: (kind, object, path) => {
        for (const text of [...outwards(path), ""]) {
          const place = attempt(() => explained.field({ kind, name: object }, text).places[0]);
          if (place !== undefined) return { template: `${chart.metadata.name}/${place.file}`, line: place.line };
        }
        return undefined;
      },
      document: (template, text) => lineOf(traced[template] ?? [], template, text),
    };
  } catch {
    return undefined;
  }
}

/** Returns a path and the paths around it, the innermost first. */
function outwards(path: string): string[] {
  const found: string[] = [];
  const parts = path.match(/\[[^\]]*\]|\.?[^.[\]]+/g) ?? [];
  for (let count = parts.length; count > 0; count--) found.push(parts.slice(0, count).join(""));
  return found;
}

function lineOf(lines: readonly TracedLine[], template: string, text: string): TemplateLine | undefined {
  const document = text.replace(/^(?:\s*#.*\n)+/, "");
  const origin = originOfLine(lines, template, document, 1);
  return origin === undefined ? undefined : { template: origin.template, line: origin.line };
}

/** Returns a result; `undefined` for an object or a field that does not exist. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
