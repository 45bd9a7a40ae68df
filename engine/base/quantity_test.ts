import { equal, ok } from "node:assert/strict";
import { compareQuantities, equalQuantities, quantityOf } from "./quantity.ts";

Deno.test("quantityOf() reads every suffix and form that Kubernetes reads", () => {
  const cases: [unknown, number][] = [
    ["1", 1],
    ["1.5", 1.5],
    [".5", 0.5],
    ["5.", 5],
    ["+1", 1],
    ["-1Mi", -1048576],
    ["250n", 250e-9],
    ["3u", 3e-6],
    ["100m", 0.1],
    ["2k", 2000],
    ["2M", 2e6],
    ["2G", 2e9],
    ["2T", 2e12],
    ["2P", 2e15],
    ["2E", 2e18],
    ["1Ki", 1024],
    ["1Mi", 1024 ** 2],
    ["1Gi", 1024 ** 3],
    ["1Ti", 1024 ** 4],
    ["1Pi", 1024 ** 5],
    ["1Ei", 1024 ** 6],
    ["1e3", 1000],
    ["1E-2", 0.01],
    ["1e+2", 100],
    [7, 7],
    [0.1, 0.1],
    [1e21, 1e21],
  ];
  for (const [text, number] of cases) equal(quantityOf(text), number, String(text));
});

Deno.test("quantityOf() finds what is none", () => {
  const none = ["wrong", "", ".", "1 Gi", " 1", "1gi", "1K", "Gi", "1.2.3", "1Kie3", "1me3", "1e", "--1", "0x10"];
  for (const value of [...none, true, null, undefined, [1], { a: 1 }, NaN, Infinity]) {
    equal(quantityOf(value), undefined, String(value));
  }
});

Deno.test("equalQuantities() takes every spelling of one size for the same, to the last digit", () => {
  const same: [unknown, unknown][] = [
    ["1000m", "1"],
    ["1024Mi", "1Gi"],
    ["1.5Gi", "1610612736"],
    ["0.1Ki", "102.4"],
    ["1e3", "1k"],
    ["1100m", 1.1],
    ["2.3G", "2300M"],
  ];
  for (const [a, b] of same) ok(equalQuantities(a, b), `${a} and ${b}`);
  // Multiplied by 1e-3 as doubles, some of these would differ in the last digit.
  for (let milli = 1; milli < 5000; milli++) ok(equalQuantities(`${milli}m`, String(milli / 1000)), `${milli}m`);
  for (const [a, b] of [["1Gi", "1G"], ["1", "1m"], ["x", "x"], ["", ""]]) ok(!equalQuantities(a, b), `${a} and ${b}`);
});

Deno.test("compareQuantities() orders by size", () => {
  ok(compareQuantities("500m", "1") < 0);
  ok(compareQuantities("2Gi", "1024Mi") > 0);
  equal(compareQuantities("1Gi", "1024Mi"), 0);
  ok(Number.isNaN(compareQuantities("big", "1")));
});
