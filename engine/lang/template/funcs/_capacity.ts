/**
 * The room behind the end of Go's lists. `slice` may reach into it: it then
 * shows elements of the longer list that a list was cut from, or nils.
 *
 * A list without a recorded capacity was read from YAML or JSON, one
 * element after the other.
 *
 * Answers to Go 1.14, `runtime/slice.go` and `runtime/sizeclasses.go`.
 *
 * @module
 */

import { goInt, Slice } from "../../golang/mod.ts";
import { elementsOf } from "./_values.ts";

interface Room {
  /** The list whose elements this one shares, from `offset` on. */
  readonly root: unknown[];
  readonly offset: number;
  /** Elements from `offset` until the room ends. */
  readonly capacity: number;
}

const rooms = new WeakMap<unknown[], Room>();

/** Sizes of memory that Go's allocator hands out; larger ones are whole pages. */
const SIZES = [
  [8, 16, 32, 48, 64, 80, 96, 112, 128, 144, 160, 176, 192, 208, 224, 240, 256, 288, 320, 352, 384, 416, 448, 480],
  [512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536, 1792, 2048, 2304, 2688, 3072, 3200, 3456, 4096, 4864],
  [5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568, 14336, 16384, 18432, 19072, 20480],
  [21760, 24576, 27264, 28672, 32768],
].flat();
const PAGE = 8192;

/** Capacity after appending to a full list: at least `needed` elements of `size` bytes. */
function grown(capacity: number, needed: number, size: number): number {
  let wanted = capacity * 2;
  if (needed > wanted) wanted = needed;
  else if (capacity >= 1024) {
    wanted = capacity;
    while (wanted < needed) wanted += Math.floor(wanted / 4);
  }
  const bytes = wanted * size;
  const given = SIZES.find((it) => it >= bytes) ?? Math.ceil(bytes / PAGE) * PAGE;
  return Math.floor(given / size);
}

/** Capacity of a list that was built by appending one element at a time, beginning with room for `first`. */
function appendedCapacity(length: number, size: number, first = 0): number {
  let capacity = first;
  while (capacity < length) capacity = grown(capacity, capacity + 1, size);
  return capacity;
}

function sizeOf(list: unknown): number {
  return list instanceof Slice && ["int", "int64"].includes(list.elem) ? 8 : 16;
}

function remember<List extends unknown[] | Slice>(list: List, capacity: number): List {
  const items = elementsOf(list) ?? [];
  if (capacity !== items.length || !(list instanceof Slice)) rooms.set(items, { root: items, offset: 0, capacity });
  return list;
}

/** Says that the list was made with just the room it needs. */
export function exactly<List extends unknown[] | Slice>(list: List): List {
  return remember(list, list instanceof Slice ? list.items.length : list.length);
}

/** Says that the list was built by appending one element at a time. */
export function appended<List extends unknown[] | Slice>(list: List, first = 0): List {
  const length = list instanceof Slice ? list.items.length : list.length;
  return remember(list, appendedCapacity(length, sizeOf(list), first));
}

/** Says that `added` elements were appended at once to a list that was full. */
export function extended(list: unknown[], added: number): unknown[] {
  return remember(list, grown(list.length - added, list.length, 16));
}

function roomOf(list: unknown[] | Slice): Room {
  const items = elementsOf(list) ?? [];
  const known = rooms.get(items);
  if (known !== undefined) return known;
  const capacity = list instanceof Slice ? items.length : appendedCapacity(items.length, 16);
  return { root: items, offset: 0, capacity };
}

/** Returns how many elements there is room for. */
export function capacityOf(list: unknown[] | Slice): number {
  return roomOf(list).capacity;
}

/** Returns the part of the list from `start` until `end`, which may lie in the room behind it. */
export function cutList(list: unknown[] | Slice, start: number, end: number): unknown[] | Slice {
  const { root, offset, capacity } = roomOf(list);
  const items = root.slice(offset + start, offset + end);
  while (items.length < end - start) items.push(zeroOf(list));
  rooms.set(items, { root, offset: offset + start, capacity: capacity - start });
  return list instanceof Slice ? new Slice(list.elem, items) : items;
}

function zeroOf(list: unknown[] | Slice): unknown {
  if (!(list instanceof Slice)) return null;
  switch (list.elem) {
    case "string":
      return "";
    case "int":
    case "int64":
    case "uint8":
      return goInt(0n, list.elem);
    default:
      return null;
  }
}

/** Hands elements that were changed in place on to the list that they were cut from. */
export function writeBack(list: Slice): void {
  const room = rooms.get(list.items);
  if (room === undefined || room.root === list.items) return;
  for (const [index, item] of list.items.entries()) {
    if (room.offset + index < room.root.length) room.root[room.offset + index] = item;
  }
}
