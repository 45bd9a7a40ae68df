import { equal } from "node:assert/strict";
import { Slice } from "../../golang/mod.ts";
import { appended, capacityOf, exactly, extended } from "./_capacity.ts";

const list = (length: number): unknown[] => new Array<unknown>(length).fill(0);

Deno.test("appended() grows as Go does: doubling, then by quarters, in the allocator's sizes", () => {
  const sizes: Record<number, number> = { 0: 0, 1: 1, 3: 4, 5: 8, 9: 16, 1000: 1024, 1025: 1280, 1300: 1704 };
  for (const [length, capacity] of Object.entries(sizes)) equal(capacityOf(appended(list(Number(length)))), capacity);
  equal(capacityOf(appended(new Slice("int", list(5)))), 8);
  equal(capacityOf(appended(new Slice("string", list(11)), 10)), 20);
});

Deno.test("extended() doubles a full list, or makes just the room that is needed", () => {
  equal(capacityOf(extended(list(4), 1)), 6);
  equal(capacityOf(extended(list(6), 5)), 6);
  equal(capacityOf(exactly(list(3))), 3);
});
