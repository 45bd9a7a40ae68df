/**
 * Cached indexes, which are read again and again.
 *
 * YAML of several megabytes takes seconds to read. Beside a large index stands
 * a file that holds the same in a form that loads in milliseconds: a line that
 * says which state of the index it was made from, then a line of JSON for each
 * chart. An index that has changed since is read anew.
 *
 * @module
 */
import type { BigIntStats } from "node:fs";
import { readFile, rm, stat } from "node:fs/promises";
import { fileError, SkegError } from "../../../errors.ts";
import { exists, replaceFile } from "./files.ts";
import { type ChartIndex, type ChartVersion, decodeIndex, type IndexFile } from "./index_file.ts";

/** Indexes below this size are quicker read than looked up. */
const SMALL_BYTES = 256 * 1024;

/** Indexes above this size are refused: nobody means to serve them. */
export const INDEX_BYTES_MAX = 64 * 1024 * 1024;

/** Changes with the form of the lines. */
const FORMAT = "skeg index 1";

/** Which state of an index something was made from. */
interface State {
  readonly format: string;
  readonly size: number;
  readonly modified: string;
}

/**
 * Opens an index for looking things up.
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

/** Reads an index as it stands in its file. */
export async function loadIndex(path: string): Promise<IndexFile> {
  const { size } = await stateOf(path);
  if (size > INDEX_BYTES_MAX) throw tooLarge(path);
  return decodeIndex(
    await readFile(path, "utf8").catch((error) => {
      throw fileError((error as { code?: unknown }).code === "EISDIR" ? "read" : "open", path, error);
    }),
  );
}

/**
 * Checks the text of an index and keeps it at `path`; one that a password
 * opened is readable by its owner alone.
 *
 * @throws kind `yaml` or `chart`; the file stays as it was then.
 */
export async function storeIndex(path: string, bytes: Uint8Array, isSecret = false): Promise<void> {
  const index = decodeIndex(new TextDecoder().decode(bytes));
  const state = toState(await replaceFile(path, bytes, isSecret ? { exactMode: 0o600 } : {}));
  if (state.size >= SMALL_BYTES) await keepParsed(path, state, index);
  else await rm(parsedPath(path), { force: true }).catch(() => {});
}

/** Removes an index and what was made from it. */
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

/** Writes the quick form; an index can be used without, so nothing fails here. */
async function keepParsed(path: string, state: State, index: IndexFile): Promise<void> {
  const lines = [JSON.stringify(state)];
  for (const [name, versions] of index.entries) lines.push(`${JSON.stringify(name)}\t${JSON.stringify(versions)}`);
  const { mode } = await stat(path).catch(() => ({ mode: 0o600 }));
  await replaceFile(parsedPath(path), lines.join("\n"), { exactMode: mode & 0o777 }).catch(() => {});
}

/** The quick form, when it was made from this state; a chart's versions are read when they are asked for. */
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
