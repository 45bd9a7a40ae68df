/**
 * Paths of the table: `spec.rules[*].http.paths[*].backend`.
 *
 * @module
 */
import { fieldOf, isMap, type JsonMap, setField, shapeOf } from "./plain.ts";
import { type Work, wrongShape } from "./work.ts";

/** A field in a map of the object. */
export interface FieldPlace {
  /** The map that has or gets the field; a new map is part of the object only after {@linkcode FieldPlace.attach}. */
  readonly parent: JsonMap;
  /** Puts maps that were created along the path into the object. */
  readonly attach: () => void;
  /** Name of the field in it. */
  readonly key: string;
  /** The whole path with numbers, for messages: `spec.rules[0].http`. */
  readonly path: string;
  /** Positions in the lists along the path, outermost first. */
  readonly indexes: readonly number[];
}

/** A part of a path: a field, and true if it is a list whose items are visited. */
interface Part {
  readonly key: string;
  readonly isList: boolean;
}

function partsOf(path: string): Part[] {
  return path.split(".").map((text) => {
    const isList = text.endsWith("[*]");
    return { key: isList ? text.slice(0, -3) : text, isList };
  });
}

/**
 * Returns the places that a path names.
 *
 * Where a map along the path is absent there is no place, unless `create` creates it (detached). Skips list
 * items that are `null`.
 *
 * @throws RemovedApiError when a value along the path has another shape.
 */
export function placesOf(work: Work, path: string, { create = false } = {}): FieldPlace[] {
  const parts = partsOf(path);
  const last = parts.pop() as Part;
  let maps: At[] = [{ map: work.object, path: "", indexes: [], attach: () => {} }];
  for (const { key, isList } of parts) {
    maps = maps.flatMap((from) => {
      const inner = from.path === "" ? key : `${from.path}.${key}`;
      return isList ? itemsOf(work, from, key, inner) : innerMap(work, from, key, inner, create);
    });
  }
  return maps.map(({ map, path: before, indexes, attach }) => ({
    parent: map,
    attach,
    key: last.key,
    path: before === "" ? last.key : `${before}.${last.key}`,
    indexes,
  }));
}

/** A map along the path. */
interface At {
  readonly map: JsonMap;
  readonly path: string;
  readonly indexes: readonly number[];
  readonly attach: () => void;
}

function innerMap(work: Work, from: At, key: string, path: string, create: boolean): At[] {
  const value = fieldOf(from.map, key);
  if (value === undefined) {
    if (!create) return [];
    const map: JsonMap = {};
    const attach = () => {
      from.attach();
      setField(from.map, key, map);
    };
    return [{ map, path, indexes: from.indexes, attach }];
  }
  if (!isMap(value)) throw wrongShape(work.object, work.from, path, shapeOf(value), "a map");
  return [{ map: value, path, indexes: from.indexes, attach: from.attach }];
}

function itemsOf(work: Work, from: At, key: string, path: string): At[] {
  const items = fieldOf(from.map, key);
  if (items === undefined) return [];
  if (!Array.isArray(items)) throw wrongShape(work.object, work.from, path, shapeOf(items), "a list");
  return items.flatMap((map: unknown, index) => {
    if (map === null || map === undefined) return [];
    if (!isMap(map)) throw wrongShape(work.object, work.from, `${path}[${index}]`, shapeOf(map), "a map");
    return [{ map, path: `${path}[${index}]`, indexes: [...from.indexes, index], attach: from.attach }];
  });
}

/**
 * Returns the maps that a path names, for operations that work on a whole map: `spec`, `endpoints[*]`.
 *
 * @throws RemovedApiError when a value is not a map.
 */
export function mapsAt(work: Work, path: string): { readonly map: JsonMap; readonly path: string }[] {
  // A path that ends in a list is read as one with an empty last field.
  if (path.endsWith("[*]")) {
    return placesOf(work, `${path}.`).map(({ parent, path: place }) => ({ map: parent, path: place.slice(0, -1) }));
  }
  return placesOf(work, path).flatMap(({ parent, key, path: place }) => {
    const map = fieldOf(parent, key);
    if (map === undefined) return [];
    if (!isMap(map)) throw wrongShape(work.object, work.from, place, shapeOf(map), "a map");
    return [{ map, path: place }];
  });
}
