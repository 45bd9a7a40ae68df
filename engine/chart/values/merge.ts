/**
 * Merges the user's values into one map: files, then `--set`, `--set-string`, `--set-file`.
 *
 * Source: Helm 2.17.0, `cmd/helm/install.go` (`vals`, `mergeValues`).
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Values } from "../../model/mod.ts";
import { fromBytes, type GoMap, isMap, newMap } from "../../lang/golang/mod.ts";
import { encodeYaml } from "../../lang/yaml/mod.ts";
import { parseValues } from "./parse.ts";
import { applySet, type ReadValue, stringValue, typedValue } from "./set.ts";
import { readSource, type Sources } from "./source.ts";

/** A values file with its content. */
export interface ValuesFile {
  /** Its name in messages. */
  readonly name: string;
  /** The text, or its bytes. */
  readonly content: string | Uint8Array;
}

/** The user's values; everything is optional. */
export interface GivenValues extends Sources {
  /** Later files override earlier ones. A string is a file, `-` or an address, and is read. */
  readonly files?: readonly (string | ValuesFile)[] | undefined;
  /** Arguments of `--set`, as on the command line. */
  readonly set?: readonly string[] | undefined;
  /** Arguments of `--set-string`. */
  readonly setString?: readonly string[] | undefined;
  /** Arguments of `--set-file`. */
  readonly setFile?: readonly string[] | undefined;
}

/**
 * Returns the user's config as `helm` sends it: the text of
 * {@linkcode mergeConfig}, parsed again.
 *
 * @example Later wins
 * ```ts
 * import { equal } from "node:assert/strict";
 *
 * const values = await mergeValues({ files: [{ name: "v.yaml", content: "a: 1" }], set: ["a=2"] });
 * equal(values.a, 2);
 * ```
 */
export async function mergeValues(given: GivenValues): Promise<Values> {
  return parseValues(await mergeConfig(given), "map[string]interface {}");
}

/**
 * Returns the user's config as YAML text, keys sorted; `{}` and a newline when nothing was given.
 *
 * @throws kind `values` or `io`, with Helm's message.
 */
export async function mergeConfig(given: GivenValues): Promise<string> {
  let merged: GoMap = newMap();
  const sources = { ...given, readStdin: given.readStdin && once(given.readStdin) };
  for (const file of given.files ?? []) merged = mergeMaps(merged, await loadValuesFile(file, sources));
  const fromFile: ReadValue = async (name) => fromBytes(await readSource(name, given));
  await applyAll("--set", given.set, merged, typedValue);
  await applyAll("--set-string", given.setString, merged, stringValue);
  await applyAll("--set-file", given.setFile, merged, fromFile);
  return encodeYaml(merged);
}

async function applyAll(
  flag: string,
  assignments: readonly string[] | undefined,
  values: GoMap,
  read: ReadValue,
): Promise<void> {
  for (const argument of assignments ?? []) {
    try {
      await applySet(argument, values, read);
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      throw new SkegError("values", `failed parsing ${flag} data: ${error.message}`, {
        cause: error,
        hint: `Write ${flag} KEY=VALUE, such as ${flag} image.tag=v2 or ${flag} 'hosts[0]=a'; commas separate several.`,
      });
    }
  }
}

/** Wraps a reader of standard input: the first call reads it, later calls return nothing. */
function once(read: () => Promise<string | Uint8Array>): () => Promise<string | Uint8Array> {
  let done = false;
  return () => {
    if (done) return Promise.resolve("");
    done = true;
    return read();
  };
}

async function loadValuesFile(file: string | ValuesFile, sources: Sources): Promise<GoMap> {
  const name = typeof file === "string" ? file : file.name;
  const content = typeof file === "string" ? await readNamed(file, sources) : file.content;
  try {
    return parseValues(typeof content === "string" ? content : fromBytes(content), "map[string]interface {}");
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    throw new SkegError("values", `failed to parse ${name}: ${error.message}`, {
      cause: error,
      hint: valuesHint(name, typeof content === "string" ? content : fromBytes(content)),
    });
  }
}

/** Returns advice for the two most common mistakes in a file of values. */
function valuesHint(name: string, content: string): string | undefined {
  const lines = content.split("\n");
  const tab = lines.findIndex((line) => /^ *\t/.test(line));
  if (tab >= 0) return `Line ${tab + 1} is indented with a tab: YAML wants blanks.`;
  const first = lines.find((line) => /^[^#\s]/.test(line) && !line.startsWith("---"));
  return first?.startsWith("- ")
    ? `${name} is a list, and values must be a map: lines of the form key: value.`
    : undefined;
}

function readNamed(name: string, sources: Sources): Promise<string | Uint8Array> {
  return name.trim() === "-" && sources.readStdin !== undefined ? sources.readStdin() : readSource(name, sources);
}

/** Merges maps recursively. Other values of `over`, null included, replace those of `base`. Changes and returns `base`. */
export function mergeMaps(base: GoMap, over: GoMap): GoMap {
  for (const [key, value] of Object.entries(over)) {
    const old = base[key];
    base[key] = isMap(old) && isMap(value) ? mergeMaps(old, value) : value;
  }
  return base;
}
