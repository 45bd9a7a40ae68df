/**
 * Changes the structure of an object, so that it means the same in the newer version.
 *
 * @module
 */
import { CUSTOM } from "./custom/table.ts";
import { holds } from "./conditions.ts";
import { type FieldPlace, mapsAt, placesOf } from "./places.ts";
import { at, copyOf, fieldOf, isEmpty, type JsonMap, setField, show } from "./plain.ts";
import { liveSelector, selectorFor, templateLabels } from "./selectors.ts";
import type { ConversionStep } from "./table.ts";
import type { Work } from "./work.ts";

/** Applies a conversion's steps in order. */
export function applyStructure(work: Work, steps: readonly ConversionStep[]): void {
  for (const step of steps) {
    if (step.side === "target" && !work.isTarget) continue;
    OPERATIONS[step.op](work, step);
  }
}

const OPERATIONS: Readonly<Record<ConversionStep["op"], (work: Work, step: ConversionStep) => void>> = {
  setIfAbsent: (work, step) => setWhereAbsent(work, step),
  set(work, { path = "", value, when }) {
    for (const place of placesOf(work, path, { create: true })) {
      if (!holds(when, work, place)) continue;
      write(work, place, value);
    }
  },
  drop(work, { path = "", when }) {
    for (const place of placesOf(work, path)) {
      if (!Object.hasOwn(place.parent, place.key) || !holds(when, work, place)) continue;
      delete place.parent[place.key];
      work.changes.push(`${place.path} is dropped`);
    }
  },
  rename(work, { at: where = "", from = "", to = "" }) {
    for (const { map, path } of mapsAt(work, String(where))) {
      if (Object.hasOwn(map, from)) {
        moveField(work, { map, key: from, path: `${path}.${from}` }, map, to, `${path}.${to}`);
      }
    }
  },
  move(work, { from = "", to = "" }) {
    for (const { parent, key, path } of placesOf(work, from)) {
      if (fieldOf(parent, key) === undefined) continue;
      const [target] = placesOf(work, to, { create: true }) as [FieldPlace];
      target.attach();
      moveField(work, { map: parent, key, path }, target.parent, target.key, target.path);
      removeIfEmpty(work, from.slice(0, from.lastIndexOf(".")));
    }
  },
  custom(work, { name = "", at: paths = [] }) {
    const operation = CUSTOM.get(name);
    if (operation === undefined) throw new Error(`the table has an operation without code: ${name}`);
    for (const path of typeof paths === "string" ? [paths] : paths) operation(work, path);
  },
};

/** Removes a map that a move left empty: it has no meaning in the newer version. */
function removeIfEmpty(work: Work, path: string): void {
  for (const { parent, key } of placesOf(work, path)) if (isEmpty(parent[key])) delete parent[key];
}

interface Field {
  readonly map: JsonMap;
  readonly key: string;
  readonly path: string;
}

function moveField(work: Work, { map, key, path }: Field, into: JsonMap, newKey: string, newPath: string): void {
  const value = map[key];
  delete map[key];
  setField(into, newKey, value);
  work.changes.push(`${path} becomes ${newPath}`);
}

/** Writes a value at every place of a path where it is absent; writes nothing when the value is unknown. */
export function setWhereAbsent(
  work: Work,
  { path = "", value, when }: Pick<ConversionStep, "path" | "value" | "when">,
  isWanted: (place: FieldPlace) => boolean = () => true,
): void {
  const known = valueOf(work, value);
  if (known === undefined) return;
  for (const place of placesOf(work, path, { create: true })) {
    if (isAbsent(place) && isWanted(place) && holds(when, work, place)) {
      write(work, place, known, reasonOf(work, value));
    }
  }
}

function write(work: Work, { parent, key, path, attach }: FieldPlace, value: unknown, reason = ""): void {
  attach();
  setField(parent, key, copyOf(value));
  work.changes.push(`${path}: ${show(value)} is written${reason}`);
}

/** True if the API server treats a field as absent; for some fields an empty value counts as absent. */
function isAbsent({ parent, key }: FieldPlace): boolean {
  const value = fieldOf(parent, key);
  if (value === undefined || value === "") return true;
  if (key === "labels") return isEmpty(value);
  if (key === "schema") return isEmpty(at(value, "openAPIV3Schema"));
  // `true` cannot be kept on creation, so the table's `false` replaces it.
  return key === "preserveUnknownFields" && value === true;
}

/** Computes the values of the table that begin with `@`. */
function valueOf(work: Work, value: unknown): unknown {
  if (value === "@selector") return selectorFor(work);
  return value === "@templateLabels" ? templateLabels(work) : value;
}

function reasonOf(work: Work, value: unknown): string {
  if (value === "@templateLabels") return ", the labels of the pod template";
  if (value !== "@selector") return "";
  return liveSelector(work) === undefined ? ", the labels of the pod template" : ", as the live object has it";
}
