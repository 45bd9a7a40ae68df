/**
 * Replaces texts of a YAML document in place.
 *
 * Manifests have YAML in every spelling: any order of keys, quotes, comments, flow style, JSON, aliases, and
 * scalars that look like keys. So the spelling is not analysed. Every occurrence of the old text is tried and
 * the result decoded; an occurrence is used if replacing it changes exactly the wanted value.
 *
 * @module
 */
import { isEqual, isMap } from "./plain.ts";

/** A text in the data to replace. */
interface TextChange {
  /** Keys and positions of its path, joined by NUL. */
  readonly path: string;
  /** The old text. */
  readonly from: string;
  /** The new text. */
  readonly to: string;
}

/** An occurrence in the document's text, and the changes that replacing it makes. */
interface Spot {
  readonly start: number;
  readonly end: number;
  readonly to: string;
  readonly changes: readonly string[];
}

/** The most occurrences that are tried; a document with more is written again from its data. */
const PLACES_MAX = 500;

/**
 * Returns the text with all differing texts replaced, or `undefined` when other data differs too, or an
 * occurrence cannot be found.
 *
 * @param read Decodes the first document; `undefined` when it cannot.
 */
export function replaceInPlace(
  text: string,
  before: unknown,
  after: unknown,
  read: (text: string) => unknown,
): string | undefined {
  const wanted = textChanges(before, after);
  if (wanted === undefined) return undefined;
  const open = new Map(wanted.map((change) => [change.path, change]));
  const spots: Spot[] = [];
  for (const place of placesOf(text, wanted)) {
    if (open.size === 0) break;
    const spot = trySpot(text, place, before, open, read);
    if (spot === undefined) continue;
    spots.push(spot);
    for (const path of spot.changes) open.delete(path);
  }
  return open.size === 0 ? replaceAll(text, spots) : undefined;
}

/** Tries each wanted new text at an occurrence. */
function trySpot(
  text: string,
  { start, end, from }: Place,
  before: unknown,
  open: ReadonlyMap<string, TextChange>,
  read: (text: string) => unknown,
): Spot | undefined {
  const targets = [...open.values()].filter((change) => from === undefined || change.from === from);
  for (const to of new Set(targets.map((change) => change.to))) {
    const changed = textChanges(before, read(`${text.slice(0, start)}${to}${text.slice(end)}`));
    if (changed === undefined || changed.length === 0) continue;
    if (changed.every((change) => open.get(change.path)?.to === change.to)) {
      return { start, end, to, changes: changed.map(({ path }) => path) };
    }
  }
  return undefined;
}

/** An occurrence of an old text, or of an alias that may refer to it. */
interface Place {
  readonly start: number;
  readonly end: number;
  /** The old text; `undefined` for an alias. */
  readonly from: string | undefined;
}

function placesOf(text: string, wanted: readonly TextChange[]): Place[] {
  const places: Place[] = [];
  for (const from of new Set(wanted.map((change) => change.from))) {
    for (let start = text.indexOf(from); start >= 0; start = text.indexOf(from, start + 1)) {
      places.push({ start, end: start + from.length, from });
    }
  }
  // Occurrences after such a key come first: most documents then need one try.
  const rank = ({ start }: Place) =>
    /["']?(?:apiVersion|kind)["']?\s*:\s*["']?$/.test(text.slice(Math.max(0, start - 40), start)) ? 0 : 1;
  const ranked = places.map((place) => ({ place, rank: rank(place) }));
  ranked.sort((a, b) => a.rank - b.rank || a.place.start - b.place.start);
  const aliases = [...text.matchAll(/\*[^\s,[\]{}]+/g)].map(({ 0: found, index }): Place => ({
    start: index,
    end: index + found.length,
    from: undefined,
  }));
  return [...ranked.map(({ place }) => place), ...aliases].slice(0, PLACES_MAX);
}

function replaceAll(text: string, spots: readonly Spot[]): string {
  let result = text;
  for (const { start, end, to } of [...spots].sort((a, b) => b.start - a.start)) {
    result = `${result.slice(0, start)}${to}${result.slice(end)}`;
  }
  return result;
}

/** Returns the texts that differ; `undefined` when other data differs too. */
function textChanges(before: unknown, after: unknown): TextChange[] | undefined {
  const changes: TextChange[] = [];
  return compare(before, after, "", changes) ? changes : undefined;
}

function compare(before: unknown, after: unknown, path: string, changes: TextChange[]): boolean {
  if (typeof before === "string" && typeof after === "string") {
    if (before !== after) changes.push({ path, from: before, to: after });
    return true;
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    return before.length === after.length &&
      before.every((item, index) => compare(item, after[index], `${path}\0${index}`, changes));
  }
  if (isMap(before) && isMap(after)) {
    const keys = Object.keys(before);
    return keys.length === Object.keys(after).length &&
      keys.every((key) => Object.hasOwn(after, key) && compare(before[key], after[key], `${path}\0${key}`, changes));
  }
  return isEqual(before, after);
}
