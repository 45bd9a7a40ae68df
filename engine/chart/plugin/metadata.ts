/**
 * The text of a `plugin.yaml` → what a plugin is.
 *
 * Source: Helm 2.17.0, `pkg/plugin/plugin.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { BOOL, decodeStruct, STRING, STRING_LIST, STRING_MAP, yamlToJson } from "../../lang/yaml/mod.ts";

/** What fetches addresses with schemes of its own. */
export interface PluginDownloader {
  /** Program below the plugin's folder, and its first arguments, between single blanks. */
  readonly command: string;
  /** Schemes, such as `s3`. */
  readonly protocols: readonly string[];
}

/** A `plugin.yaml`; what is not given is empty. */
export interface PluginMetadata {
  /** What people type. */
  readonly name: string;
  /** Shown in lists; nothing depends on it. */
  readonly version: string;
  /** One line for help. */
  readonly usage: string;
  /** Sentences for help. */
  readonly description: string;
  /** Program and first arguments, between single blanks; variables are filled in. */
  readonly command: string;
  /** Leave out what stood on the command line. */
  readonly ignoreFlags: boolean;
  /** Asked for a tunnel to Tiller. */
  readonly useTunnel: boolean;
  /** Shell lines by event: `install`, `update`, `delete`. */
  readonly hooks: Readonly<Record<string, string>>;
  /** What it fetches. */
  readonly downloaders: readonly PluginDownloader[];
}

const DOWNLOADER = {
  kind: "struct",
  type: "plugin.Downloaders",
  fields: { protocols: STRING_LIST, command: STRING },
} as const;

const METADATA = {
  kind: "struct",
  type: "plugin.Metadata",
  fields: {
    name: STRING,
    version: STRING,
    usage: STRING,
    description: STRING,
    command: STRING,
    ignoreFlags: BOOL,
    useTunnel: BOOL,
    hooks: STRING_MAP,
    downloaders: { kind: "list", type: "[]plugin.Downloaders", item: DOWNLOADER },
  },
} as const;

/**
 * Reads a `plugin.yaml`. Unknown and repeated keys are refused, as Helm 2
 * refuses them; so is a name that would not be one part of a path.
 *
 * @throws kind `yaml`, with the messages of Go's libraries; kind `config`.
 */
export function decodePlugin(text: string): PluginMetadata {
  checkKeys(yamlToJson(text), text);
  const fields = decodeStruct(text, METADATA) ?? {};
  const { name = "", version = "", usage = "", description = "", command = "" } = fields;
  if (/[/\\\0-\x1f]|^\.\.?$/.test(name)) {
    throw new SkegError("config", `plugin name ${JSON.stringify(name)} would lead out of the plugin's folder`);
  }
  return {
    name,
    version,
    usage,
    description,
    command,
    ignoreFlags: fields.ignoreFlags ?? false,
    useTunnel: fields.useTunnel ?? false,
    hooks: fields.hooks ?? {},
    downloaders: (fields.downloaders ?? []).map((each) => ({
      command: each?.command ?? "",
      protocols: each?.protocols ?? [],
    })),
  };
}

/** Refuses keys that do not belong here, and keys that are there twice. */
function checkKeys(value: unknown, text: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return;
  const problems: [line: number, problem: string][] = [];
  for (const [key, item] of Object.entries(value)) {
    const [first = 1, second] = linesOf(text, key, "^");
    if (!Object.hasOwn(METADATA.fields, key)) problems.push([first, `field ${key} not found in type plugin.Metadata`]);
    else if (second !== undefined) problems.push([second, `field ${key} already set in type plugin.Metadata`]);
    if (key === "downloaders" && Array.isArray(item)) {
      const keys = item.flatMap((each) => typeof each === "object" && each !== null ? Object.keys(each) : []);
      for (const bad of keys.filter((each) => !Object.hasOwn(DOWNLOADER.fields, each))) {
        problems.push([linesOf(text, bad, "^[ \\t-]*")[0] ?? 1, `field ${bad} not found in type plugin.Downloaders`]);
      }
    }
  }
  if (problems.length === 0) return;
  const lines = problems.sort(([a], [b]) => a - b).map(([line, problem]) => `\n  line ${line}: ${problem}`);
  throw new YamlError(`yaml: unmarshal errors:${lines.join("")}`, problems[0]?.[0]);
}

/** The 1-based lines that a key stands on. */
function linesOf(text: string, key: string, before: string): number[] {
  const escaped = key.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return [...text.matchAll(new RegExp(`${before}["']?${escaped}["']?\\s*:`, "gm"))]
    .map(({ index }) => text.slice(0, index).split("\n").length);
}
