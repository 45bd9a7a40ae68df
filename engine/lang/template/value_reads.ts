/**
 * The paths of the values that templates read.
 *
 * During a run, objects are known by the path under which they were first reached. So a value
 * is found again when it comes through a variable, a `with` or a `dict`.
 *
 * @module
 */
import { Int, isMap, Slice, Struct } from "../golang/mod.ts";
import type { ValueRead } from "./coverage.ts";

/** A path, as a node in the tree of all paths. There is one node for each path, so nodes can be compared. */
class Place {
  isRead = false;
  isWhole = false;
  readonly parts: Map<string, Place> = new Map();

  constructor(readonly path: readonly string[]) {}

  part(name: string): Place {
    let part = this.parts.get(name);
    if (part === undefined) this.parts.set(name, part = new Place([...this.path, name]));
    return part;
  }
}

/** Returns a field, an entry or an element of a value; `undefined` if there is none. */
function partOf(value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value[Number(name)];
  if (value instanceof Slice) return value.items[Number(name)];
  if (value instanceof Struct) return value.field(name);
  return isMap(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function isContainer(value: unknown): value is object {
  return typeof value === "object" && value !== null && !(value instanceof Int);
}

/** Called by a place of a template with the value that a read starts at, and the value that it gave. */
export type NoteRead = (run: unknown, start: unknown, value: unknown) => void;

/** Values that were read so far. */
export class ValueReads {
  readonly #root = new Place([]);
  /** The paths of the objects of the runs that are under way. Not a WeakMap: with many of its entries, memory is collected slowly. */
  #places = new Map<object, Place>();
  /** The number of runs that are under way. */
  #running = 0;
  /** The object whose path was asked for last: most reads of a file start at one object. */
  #lastObject: unknown;
  #lastPlace: Place | undefined;

  /** A run begins. Its objects are known until it ends, or until runs that go on beside it have ended. */
  begin(): void {
    this.#running++;
  }

  /** A run has ended. */
  end(): void {
    if (--this.#running > 0) return;
    // A new one: after `clear`, V8's old table lives on with what was in it until old memory is collected.
    this.#places = new Map();
    this.#lastObject = undefined;
    this.#lastPlace = undefined;
  }

  /** Names an object that paths begin with. */
  name(value: object, path: readonly string[]): void {
    this.#places.set(value, path.reduce((place, name) => place.part(name), this.#root));
    this.#lastObject = undefined;
    this.#lastPlace = undefined;
  }

  /** Returns the function for one place of a template, where reads go down `names`. */
  noting(names: readonly string[], isWhole: boolean): NoteRead {
    let lastPlace: Place | undefined;
    let found: Place | undefined;
    return (_, start, value) => {
      // A place of a template reads from objects of few paths, run after run; their objects are others in each run.
      const place = this.#placeOf(start);
      if (place === undefined || place !== lastPlace) {
        lastPlace = place;
        found = this.read(start, names, isWhole);
      } else if (typeof value === "object" && found !== undefined) this.#reach(value, found);
    };
  }

  #placeOf(value: unknown): Place | undefined {
    if (value === this.#lastObject) return this.#lastPlace;
    if (!isContainer(value)) return undefined;
    this.#lastObject = value;
    return this.#lastPlace = this.#places.get(value);
  }

  /** Notes a read that starts at `start` and goes down `names`; returns its path if that is known. */
  read(start: unknown, names: readonly string[], isWhole: boolean): Place | undefined {
    let value = start;
    let place = this.#placeOf(start);
    for (const name of names) {
      value = partOf(value, name);
      place = this.#reach(value, place?.part(name));
    }
    if (place === undefined) return undefined;
    place.isRead = true;
    place.isWhole ||= isWhole;
    return place;
  }

  /** Notes that a `range` handed out all elements of a map or list. Texts, numbers and bools are read by that. */
  elements(collection: unknown, keys: Iterable<string | number>): void {
    const base = this.#placeOf(collection);
    if (base === undefined) return;
    for (const key of keys) {
      const place = base.part(String(key));
      const element = partOf(collection, String(key));
      if (isContainer(element)) this.#reach(element, place);
      else place.isRead = place.isWhole = true;
    }
  }

  /** Returns the reads in the order of their paths. */
  result(): ValueRead[] {
    const reads: ValueRead[] = [];
    const visit = ({ path, isRead, isWhole, parts }: Place): void => {
      if (isRead && path.length > 0) reads.push({ path, whole: isWhole });
      for (const [, part] of [...parts].sort(([a], [b]) => a < b ? -1 : 1)) visit(part);
    };
    visit(this.#root);
    return reads;
  }

  /** Returns the path of a value that was reached under `place`. */
  #reach(value: unknown, place: Place | undefined): Place | undefined {
    if (!isContainer(value)) return place;
    const known = this.#places.get(value);
    if (known !== undefined || place === undefined) return known;
    this.#places.set(value, place);
    if (value === this.#lastObject) this.#lastPlace = place;
    return place;
  }
}
