/**
 * Parses `plugin.yaml`: text → metadata of a plugin.
 *
 * Source: Helm 2.17.0, `pkg/plugin/plugin.go`.
 *
 * @module
 */
import { SkegError, YamlError } from "../../../errors.ts";
import { BOOL, decodeStruct, STRING, STRING_LIST, STRING_MAP, yamlToJson } from "../../lang/yaml/mod.ts";

/** A downloader: fetches addresses with its own schemes. */
export interface PluginDownloader {
  /** Program below the plugin's folder, and its first arguments, separated by single blanks. */
  readonly command: string;
  /** Schemes, such as `s3`. */
  readonly protocols: readonly string[];
}

/** A `plugin.yaml`; absent fields are empty. */
export interface PluginMetadata {
  /** Name of the command. */
  readonly name: string;
  /** Shown in lists; has no other effect. */
  readonly version: string;
  /** One line for help. */
  readonly usage: string;
  /** Long text for help. */
  readonly description: string;
  /** Program and first arguments, separated by single blanks; variables are expanded. */
  readonly command: string;
  /** True to run the command without the arguments of the command line. */
  readonly ignoreFlags: boolean;
  /** True if the plugin asks for a tunnel to Tiller. */
  readonly useTunnel: boolean;
  /** Shell commands by event: `install`, `update`, `delete`. */
  readonly hooks: Readonly<Record<string, string>>;
  /** Its downloaders. */
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
 * Returns the metadata in a `plugin.yaml`. Unknown and repeated keys are refused,
 * as in Helm 2. A name that is not a single part of a path is refused too.
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

/** Throws for unknown and repeated keys. */
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

/** Returns the 1-based numbers of the lines with a key. */
function linesOf(text: string, key: string, before: string): number[] {
  const escaped = key.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  return [...text.matchAll(new RegExp(`${before}["']?${escaped}["']?\\s*:`, "gm"))]
    .map(({ index }) => text.slice(0, index).split("\n").length);
}
