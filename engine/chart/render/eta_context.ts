/**
 * The script that runs in the context of Eta templates, as self-contained text.
 *
 * The context is a separate realm (`node:vm`). Everything that templates can
 * reach is created inside it from text: the data, the functions, the Eta
 * package. No object of the runtime is passed in, so none can be used to
 * escape, and only strings and numbers are passed out.
 *
 * @module
 */
import { ETA_PACKAGE } from "./eta_package.ts";

/**
 * The globals that templates keep: those that compute with numbers, text, lists and maps.
 *
 * Removed, among others: `ArrayBuffer` and related types, because V8's heap
 * limit does not count their memory; `WebAssembly`, `Atomics`; `console`;
 * `FinalizationRegistry` and `WeakRef`, which make garbage collection visible;
 * `Temporal`, which V8 creates on first access.
 */
const KEPT_GLOBALS = "Object Function Array Number Boolean String Symbol BigInt Date RegExp Promise " +
  "Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
  "JSON Math Intl Map Set WeakMap WeakSet Iterator Proxy Reflect " +
  "parseFloat parseInt isFinite isNaN decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape " +
  "globalThis undefined NaN Infinity";

/** Maximal length of an error message in UTF-16 units, because a template can throw any text. */
const MESSAGE_MAX = 4000;

/**
 * The script. It declares `skeg` with these functions, which take and return strings,
 * numbers, and compiled functions of the same context:
 *
 * - `open()`: reads an {@linkcode EtaJob} as JSON from the global `job`, and compiles all templates to JavaScript; returns a
 *   failure or `""`.
 * - `bodyOf(index)`: returns the JavaScript of a template: the body of a function with the parameters `it` and `options`.
 * - `define(index, run, problem)`: stores the function compiled from that body, or the reason why compiling failed.
 * - `render(index)`: returns `=` and the text, or a failure.
 *
 * A failure is `!` with the phase, the index of the template, a line number and a message, each on a separate line.
 */
export const ETA_CONTEXT = String.raw`
const skeg = (() => {
  "use strict";
  const text = globalThis.job;
  const kept = new Set(${JSON.stringify(KEPT_GLOBALS)}.split(" "));
  for (const name of Reflect.ownKeys(globalThis)) if (!kept.has(name)) delete globalThis[name];
  // V8 creates these two on first access, and reads the second for every stack trace.
  delete Date.prototype.toTemporalInstant;
  Object.defineProperty(Error, "prepareStackTrace", { value: undefined });

  const Eta = (() => {` + ETA_PACKAGE + String.raw`})();
  const eta = new Eta({ autoEscape: false, autoTrim: [false, false], cache: false, debug: true, useWith: false });

  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  globalThis.btoa = (data) => {
    const text = String(data);
    let out = "";
    for (let at = 0; at < text.length; at += 3) {
      const codes = [0, 1, 2].map((more) => at + more < text.length ? text.charCodeAt(at + more) : 0);
      if (codes.some((code) => code > 255)) throw new RangeError("btoa: a character is above U+00FF");
      const bits = codes[0] << 16 | codes[1] << 8 | codes[2];
      const count = Math.min(3, text.length - at) + 1;
      for (let place = 0; place < 4; place++) out += place < count ? LETTERS[bits >> 18 - 6 * place & 63] : "=";
    }
    return out;
  };
  globalThis.atob = (data) => {
    const text = String(data).replace(/[\t\n\f\r ]/g, "");
    const digits = text.length % 4 === 0 ? text.replace(/={1,2}$/, "") : text;
    if (digits.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(digits)) throw new RangeError("atob: the text is not base64");
    let out = "";
    for (let at = 0; at < digits.length; at += 4) {
      const four = digits.slice(at, at + 4).padEnd(4, "A").split("").map((letter) => LETTERS.indexOf(letter));
      const bits = four[0] << 18 | four[1] << 12 | four[2] << 6 | four[3];
      const count = Math.min(4, digits.length - at) - 1;
      for (let place = 0; place < count; place++) out += String.fromCharCode(bits >> 16 - 8 * place & 255);
    }
    return out;
  };

  const folderOf = (name) => name.slice(0, name.lastIndexOf("/"));
  const clean = (path) => {
    const parts = [];
    for (const part of path.split("/")) {
      if (part === "..") parts.pop();
      else if (part !== "." && part !== "") parts.push(part);
    }
    return parts.join("/");
  };

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
      return text === "" ? [] : text.split("\n");
    }
  }

  // A thrown value may be a proxy; even instanceof would run its code.
  const failures = new WeakSet();
  const failure = (phase, index, line, message) => {
    const made = { phase, index, line, message };
    failures.add(made);
    return made;
  };

  /** Returns the message of any thrown value; reading it may throw again. */
  const wordsOf = (thrown) => {
    try {
      return String(thrown?.message ?? thrown).slice(0, ${MESSAGE_MAX});
    } catch {
      return "an error without words";
    }
  };
  const told = ({ phase, index, line, message }) =>
    "!" + phase + "\n" + Number(index) + "\n" + Math.trunc(Number(line)) + "\n" + message;

  let templates;
  let scopes;
  let byName;

  const open = () => {
    const job = JSON.parse(text);
    templates = job.templates.map((template, index) => ({ ...template, index }));
    byName = new Map(templates.map((template) => [template.name, template]));
    scopes = job.scopes.map(({ Files: texts, Capabilities, ...rest }) => ({
      ...rest,
      Capabilities: {
        ...Capabilities,
        APIVersions: { list: Capabilities.APIVersions, Has: (version) => Capabilities.APIVersions.includes(version) },
      },
      Files: new Files(texts),
    }));
    for (const template of templates) {
      try {
        template.body = eta.compileToString(template.text);
      } catch (error) {
        return told(failure("parse", template.index, 0, wordsOf(error)));
      }
    }
    return "";
  };

  const find = (path, from) => {
    const names = [path, folderOf(from.name) + "/" + path, from.basePath + "/" + path].map(clean);
    for (const name of names) {
      for (const candidate of [name, name + ".eta"]) if (byName.has(candidate)) return byName.get(candidate);
    }
    throw new Error("no template " + JSON.stringify(path) + " beside " + from.name + " or in " + from.basePath);
  };

  const execute = (template, it) => {
    if (template.run === undefined) throw failure("parse", template.index, 0, template.problem);
    const host = {
      config: { escapeFunction: String, filterFunction: String },
      render: (path, data) => execute(find(path, template), data),
      RuntimeErr: (error, _text, line) => {
        if (failures.has(error)) throw error;
        throw failure("render", template.index, line, wordsOf(error));
      },
    };
    return template.run.call(host, it, {});
  };

  const render = (index) => {
    const template = templates[index];
    const it = { ...scopes[template.scope], Template: { Name: template.name, BasePath: template.basePath } };
    try {
      return "=" + String(execute(template, it));
    } catch (error) {
      return told(failures.has(error) ? error : failure("render", index, 0, wordsOf(error)));
    }
  };

  return Object.freeze({
    open,
    render,
    bodyOf: (index) => templates[index].body,
    define: (index, run, problem) => void Object.assign(templates[index], { run, problem }),
  });
})();
`;
