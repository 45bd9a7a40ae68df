/**
 * Labels that change because Helm 3 gives them another value, such as `heritage: Tiller`.
 *
 * @module
 */
import { isObject, type KubeObject } from "../../../kube/mod.ts";
import type { LabelMove } from "../plan_types.ts";

/** Maps whose entries are labels. */
const LABEL_MAPS: ReadonlySet<string> = new Set(["labels", "matchLabels", "selector"]);

/** Only these values are exchanged: they say which program made the object, and are the same everywhere. */
const PROGRAMS: readonly (readonly [from: string, to: string])[] = [["Tiller", "Helm"]];

/** Returns the labels of two states of an object that name another program now, without repetitions. */
export function labelMoves(old: KubeObject, target: KubeObject): LabelMove[] {
  const found = new Map<string, LabelMove>();
  collect(old, target, false, found);
  return [...found.values()];
}

function collect(old: unknown, target: unknown, isLabels: boolean, found: Map<string, LabelMove>): void {
  if (Array.isArray(old) && Array.isArray(target)) {
    old.forEach((item, at) => collect(item, target[at], false, found));
    return;
  }
  if (!isObject(old) || !isObject(target)) return;
  for (const [key, from] of Object.entries(old)) {
    const to = target[key];
    const isMove = isLabels && PROGRAMS.some(([one, other]) => one === from && other === to);
    if (isMove) found.set(key, { key, from: String(from), to: String(to) });
    else collect(from, to, LABEL_MAPS.has(key), found);
  }
}

/** Returns the moves of all objects, by key. */
export function joinMoves(moves: readonly LabelMove[]): LabelMove[] {
  const byKey = new Map(moves.map((move) => [move.key, move]));
  return [...byKey.values()].sort((a, b) => a.key < b.key ? -1 : 1);
}
