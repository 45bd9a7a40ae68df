import { rejects } from "node:assert/strict";
import { fuzz } from "./fuzz.ts";

const block = (): Float64Array => new Float64Array(4 * 1024 * 1024).fill(1);

Deno.test("fuzz() finds memory that inputs leave behind, and not their garbage", async () => {
  const kept: Float64Array[] = [];
  let last: Float64Array | undefined;
  await fuzz({ runs: 20, make: block, work: (input) => void (last = input) });
  await rejects(
    fuzz({ runs: 20, make: block, work: (input) => void kept.push(input), show: () => "" }),
    /^Error: memory grew by \d+ MiB$/,
  );
  if (last === undefined || kept.length === 0) throw new Error("no input was tried");
});
