/**
 * What runs inside the worker that executes Eta templates: a module's text,
 * complete in itself, so that it can be started from a blob wherever the
 * program runs from (sources, one bundled file, one binary).
 *
 * The worker has no permissions. It takes one {@linkcode EtaJob} and answers
 * with one {@linkcode EtaAnswer}.
 *
 * @module
 */

/** One template: where it stands and what Eta compiled it to. */
export interface EtaTemplate {
  /** Full name, such as `web/templates/service.yaml`. */
  readonly name: string;
  /** Full path of the `templates` folder it belongs to. */
  readonly basePath: string;
  /** Body of a function of `it` and `options`. */
  readonly body: string;
  /** Partials can be included, and make no file of their own. */
  readonly partial: boolean;
  /** Index into {@linkcode EtaJob.scopes}. */
  readonly scope: number;
}

/** All that one rendering needs. */
export interface EtaJob {
  readonly templates: readonly EtaTemplate[];
  /** Top-level data of each chart of the tree; `Files` as a map of path to text. */
  readonly scopes: readonly Record<string, unknown>[];
}

/** Texts by template name, or what went wrong in which template. */
export type EtaAnswer =
  | { readonly texts: Record<string, string> }
  | { readonly error: string; readonly phase: "parse" | "render"; readonly name: string; readonly line: number };

/** The worker's module. Plain JavaScript: nothing translates it. */
export const ETA_WORKER = `
const folderOf = (name) => name.slice(0, name.lastIndexOf("/"));
const clean = (path) => {
  const parts = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
};

class TemplateFailure {
  constructor(phase, name, line, error) {
    Object.assign(this, { phase, name, line, error });
  }
}

class Files {
  #texts;
  constructor(texts) {
    this.#texts = texts;
  }
  get paths() {
    return Object.keys(this.#texts).sort();
  }
  Get(path) {
    return Object.hasOwn(this.#texts, path) ? this.#texts[path] : "";
  }
  Lines(path) {
    const text = this.Get(path);
    return text === "" ? [] : text.split("\\n");
  }
}

self.onmessage = ({ data: job }) => {
  const byName = new Map(job.templates.map((template) => [template.name, template]));
  const compiled = new Map();
  const scopes = job.scopes.map(({ Files: texts, Capabilities, ...rest }) => ({
    ...rest,
    Capabilities: {
      ...Capabilities,
      APIVersions: { list: Capabilities.APIVersions, Has: (version) => Capabilities.APIVersions.includes(version) },
    },
    Files: new Files(texts),
  }));

  const find = (path, from) => {
    const names = [path, folderOf(from.name) + "/" + path, from.basePath + "/" + path].map(clean);
    for (const name of names) {
      for (const candidate of [name, name + ".eta"]) if (byName.has(candidate)) return byName.get(candidate);
    }
    throw new Error("no template " + JSON.stringify(path) + " beside " + from.name + " or in " + from.basePath);
  };

  const execute = (template, it) => {
    let run = compiled.get(template.name);
    if (run === undefined) {
      try {
        run = new Function("it", "options", template.body);
      } catch (error) {
        throw new TemplateFailure("parse", template.name, 0, error.message);
      }
      compiled.set(template.name, run);
    }
    const host = {
      config: { escapeFunction: String, filterFunction: String },
      render: (path, data) => execute(find(path, template), data),
      RuntimeErr: (error, _text, line) => {
        if (error instanceof TemplateFailure) throw error;
        throw new TemplateFailure("render", template.name, line, error?.message ?? String(error));
      },
    };
    return run.call(host, it, {});
  };

  const texts = Object.create(null);
  for (const template of job.templates) {
    if (template.partial) continue;
    const it = { ...scopes[template.scope], Template: { Name: template.name, BasePath: template.basePath } };
    try {
      texts[template.name] = execute(template, it);
    } catch (error) {
      const known = error instanceof TemplateFailure;
      self.postMessage({
        error: known ? error.error : String(error?.message ?? error),
        phase: known ? error.phase : "render",
        name: known ? error.name : template.name,
        line: known ? error.line : 0,
      });
      return;
    }
  }
  self.postMessage({ texts: { ...texts } });
};
`;
