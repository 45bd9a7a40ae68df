/**
 * Which templates of a chart tree a suite renders.
 *
 * Source: helm-unittest 1.0.3, `pkg/unittest/deep_copy.go`.
 *
 * @module
 */
import type { Chart, ChartFile } from "../../model/mod.ts";

/** Returns a template's path with `templates/` before it, unless it has one of the known starts. */
export function templatePath(name: string): string {
  return /^(?:templates|charts|crds|\*\*)/.test(name) ? name : joinPath("templates", name);
}

/** Go's `path.Join`. */
export function joinPath(...parts: string[]): string {
  const kept: string[] = [];
  for (const part of parts.join("/").split("/")) {
    if (part === "" || part === ".") continue;
    if (part === ".." && kept.length > 0) kept.pop();
    else kept.push(part);
  }
  return kept.join("/");
}

/** Returns the pattern of a template's name. It is not anchored: `a.yaml` also selects `x/a.yaml`. */
function patternOf(route: string, name: string): RegExp {
  const escaped = joinPath(route, templatePath(name)).replace(/[.+[\]?()|{}^$\\]/g, "\\$&");
  const text = escaped.replace(/\*\*|\*/g, (stars) => stars === "**" ? "[0-9a-zA-Z_\\-/.]+" : "[0-9a-zA-Z_\\-/.]*");
  return new RegExp(text);
}

/** The templates that a suite renders. */
export interface TemplateChoice {
  /** Patterns; empty: all. */
  readonly templates: readonly string[];
  /** Patterns of templates that are left out. */
  readonly excludeTemplates: readonly string[];
  /** The chart of the suite. */
  readonly route: string;
}

const ALL = ["**"];

/** Returns the function that tells by full name whether a suite renders a template. */
export function rendersTemplate({ templates, excludeTemplates, route }: TemplateChoice): (name: string) => boolean {
  const chosen = (templates.length === 0 ? ALL : templates).map((name) => patternOf(route, name));
  const left = excludeTemplates.map((name) => patternOf(route, name));
  return (name) => chosen.some((pattern) => pattern.test(name)) && !left.some((pattern) => pattern.test(name));
}

/**
 * Returns the chart tree with the chosen templates, and with all partials.
 *
 * Other files that end in `.tpl` come along for their definitions. They get a name that begins with `_`, so that
 * they are not executed.
 */
export function chooseTemplates(chart: Chart, choice: TemplateChoice): Chart {
  const isChosen = rendersTemplate(choice);
  const visit = (current: Chart, route: string): Chart => {
    const templates = current.templates.flatMap((file): ChartFile[] => {
      const at = file.path.lastIndexOf("/") + 1;
      const base = file.path.slice(at);
      if (base.startsWith("_") || isChosen(joinPath(route, file.path))) return [file];
      return base.endsWith(".tpl") ? [{ ...file, path: `${file.path.slice(0, at)}_${base}` }] : [];
    });
    const below = current.dependencies.map((child) => visit(child, joinPath(route, "charts", child.metadata.name)));
    return { ...current, templates, dependencies: below };
  };
  return visit(chart, chart.metadata.name);
}
