/**
 * Changes of structure: what the newer version needs to express the same.
 *
 * @module
 */
import { CUSTOM } from "./custom/table.ts";
import { holds } from "./conditions.ts";
import { mapsAt, type Place, placesOf } from "./places.ts";
import { copyOf, fieldOf, type JsonMap, setField, show } from "./plain.ts";
import { liveSelector, selectorFor, templateLabels } from "./selectors.ts";
import type { Step } from "./table.ts";
import type { Work } from "./work.ts";

/** Applies a conversion's steps in order. */
export function applyStructure(work: Work, steps: readonly Step[]): void {
  for (const step of steps) {
    if (step.side === "target" && !work.isTarget) continue;
    OPERATIONS[step.op](work, step);
  }
}

const OPERATIONS: Readonly<Record<Step["op"], (work: Work, step: Step) => void>> = {
  setIfAbsent: (work, { path = "", value, when }) => setWhereAbsent(work, path, value, when),
  set(work, { path = "", value, when }) {
    for (const place of placesOf(work, path, { create: true })) {
      if (!holds(when, work, place)) continue;
      setField(place.parent, place.key, copyOf(value));
      work.changes.push(`${place.path}: ${show(value)} is written`);
    }
  },
  drop(work, { path = "", when }) {
    for (const place of placesOf(work, path)) {
      if (!Object.hasOwn(place.parent, place.key) || !holds(when, work, place)) continue;
      delete place.parent[place.key];
      work.changes.push(`${place.path} is dropped`);
    }
  },
  rename(work, { at = "", from = "", to = "" }) {
    for (const { map, path } of mapsAt(work, String(at))) {
      if (Object.hasOwn(map, from)) {
        moveField(work, { map, key: from, path: `${path}.${from}` }, map, to, `${path}.${to}`);
      }
    }
  },
  move(work, { from = "", to = "" }) {
    for (const { parent, key, path } of placesOf(work, from)) {
      if (fieldOf(parent, key) === undefined) continue;
      const [target] = placesOf(work, to, { create: true }) as [Place];
      moveField(work, { map: parent, key, path }, target.parent, target.key, target.path);
    }
  },
  custom(work, { name = "", at = [] }) {
    const operation = CUSTOM.get(name);
    if (operation === undefined) throw new Error(`the table has an operation without code: ${name}`);
    for (const path of typeof at === "string" ? [at] : at) operation(work, path);
  },
};

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

/** Writes a value at every place of a path where it is absent; returns nothing when the value cannot be known. */
export function setWhereAbsent(
  work: Work,
  path: string,
  value: unknown,
  when: string | undefined,
  isWanted: (place: Place) => boolean = () => true,
): void {
  const known = valueOf(work, value);
  if (known === undefined) return;
  for (const place of placesOf(work, path, { create: true })) {
    if (!isAbsent(place) || !isWanted(place) || !holds(when, work, place)) continue;
    setField(place.parent, place.key, copyOf(known));
    work.changes.push(`${place.path}: ${show(known)} is written${reasonOf(work, value)}`);
  }
}

/** Texts that choose among alternatives, such as `type`, are absent when empty; so are maps of labels. */
function isAbsent({ parent, key }: Place): boolean {
  const value = fieldOf(parent, key);
  if (value === undefined) return true;
  if (key === "labels") return Object.keys(value as JsonMap).length === 0;
  return value === "" && key !== "scope";
}

function valueOf(work: Work, value: unknown): unknown {
  if (value === "@selector") return selectorFor(work);
  if (value === "@templateLabels") return templateLabels(work);
  return value;
}

function reasonOf(work: Work, value: unknown): string {
  if (value === "@selector") {
    return liveSelector(work) === undefined ? ", the labels of the pod template" : ", as the live object has it";
  }
  return value === "@templateLabels" ? ", the labels of the pod template" : "";
}
