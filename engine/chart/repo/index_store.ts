/**
 * Cached indexes, which are read often.
 *
 * Parsing several megabytes of YAML takes seconds. So a large index has a second
 * file beside it, with the same content in a form that loads in milliseconds: a
 * line with the state of the index that it was made from, then a line of JSON for
 * each chart. When the index has changed since, its YAML is parsed again.
 *
 * @module
 */
import type { BigIntStats } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { fileError, SkegError } from "../../../errors.ts";
import { exists, replaceFile } from "./files.ts";
import { type ChartIndex, type ChartVersion, decodeIndex, type IndexFile } from "./index_file.ts";
import { codeOf } from "../../base/mod.ts";

/** Smaller indexes are parsed directly, which is faster. */
const SMALL_BYTES = 256 * 1024;

/** Larger indexes are refused; no real repository has one. */
export const INDEX_BYTES_MAX = 64 * 1024 * 1024;

/** Version of the lines' format. */
const FORMAT = "skeg index 1";

/** Identifies a state of an index file. */
interface State {
  readonly format: string;
  readonly size: number;
  readonly modified: string;
}

/**
 * Returns an index for finding charts.
 *
 * @throws kind `io`, `yaml` or `chart`.
 */
export async function openIndex(path: string): Promise<ChartIndex> {
  const state = await stateOf(path);
  if (state.size < SMALL_BYTES) return await loadIndex(path);
  const lines = await readFile(parsedPath(path), "utf8").catch(() => undefined);
  const kept = lines === undefined ? undefined : fromLines(lines, state);
  if (kept !== undefined) return kept;
  const index = await loadIndex(path);
  await keepParsed(path, state, index);
  return index;
}

/** Returns the complete index from its YAML file. */
export async function loadIndex(path: string): Promise<IndexFile> {
  const { size } = await stateOf(path);
  if (size > INDEX_BYTES_MAX) throw tooLarge(path);
  return decodeIndex(
    await readFile(path, "utf8").catch((error) => {
      throw fileError(codeOf(error) === "EISDIR" ? "read" : "open", path, error);
    }),
  );
}

/**
 * Checks the text of an index and stores it at `path`. With `isSecret` (the
 * repository needs a password) only the user may read the file.
 *
 * @throws kind `yaml` or `chart`; then the file is unchanged.
 */
export async function storeIndex(path: string, bytes: Uint8Array, isSecret = false): Promise<void> {
  const index = decodeIndex(new TextDecoder().decode(bytes));
  const state = toState(await replaceFile(path, bytes, isSecret ? { exactMode: 0o600 } : {}));
  if (state.size >= SMALL_BYTES) await keepParsed(path, state, index);
  else await rm(parsedPath(path), { force: true }).catch(() => {});
}

/** Removes an index and its quick form. */
export async function removeIndex(path: string): Promise<void> {
  await rm(parsedPath(path), { force: true }).catch(() => {});
  if (!await exists(path)) return;
  try {
    await rm(path);
  } catch (error) {
    throw fileError("remove", path, error);
  }
}

function parsedPath(path: string): string {
  return `${path}.parsed`;
}

function tooLarge(path: string): SkegError {
  return new SkegError("chart", `index ${path} is larger than ${INDEX_BYTES_MAX / 1024 / 1024} MiB`);
}

function toState({ size, mtimeNs }: BigIntStats): State {
  return { format: FORMAT, size: Number(size), modified: String(mtimeNs) };
}

async function stateOf(path: string): Promise<State> {
  try {
    return toState(await stat(path, { bigint: true }));
  } catch (error) {
    throw fileError("open", path, error);
  }
}

/** Writes the quick form. Errors are ignored, because the index can be used without it. */
async function keepParsed(path: string, state: State, index: IndexFile): Promise<void> {
  const lines = [JSON.stringify(state)];
  for (const [name, versions] of index.entries) lines.push(`${JSON.stringify(name)}\t${JSON.stringify(versions)}`);
  const { mode } = await stat(path).catch(() => ({ mode: 0o600 }));
  await replaceFile(parsedPath(path), lines.join("\n"), { exactMode: mode & 0o777 }).catch(() => {});
}

/** Returns the quick form if it was made from this state. Versions of a chart are parsed on demand. */
function fromLines(text: string, state: State): ChartIndex | undefined {
  const [head = "", ...lines] = text.split("\n");
  if (head !== JSON.stringify(state)) return undefined;
  const bodies = new Map<string, string>();
  try {
    for (const line of lines) {
      const tab = line.indexOf("\t");
      bodies.set(JSON.parse(line.slice(0, tab)) as string, line.slice(tab + 1));
    }
  } catch {
    return undefined;
  }
  return {
    names: () => [...bodies.keys()],
    versions: (name) => {
      const body = bodies.get(name);
      return body === undefined ? undefined : JSON.parse(body) as ChartVersion[];
    },
  };
}
