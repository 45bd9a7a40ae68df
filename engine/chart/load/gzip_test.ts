import { deepEqual, equal, throws } from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { concat, pack } from "../../../tests/_lib/archive.ts";
import { newBudget } from "./archive.ts";
import { unzipped } from "./gzip.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (data: Uint8Array) => new TextDecoder().decode(data);

Deno.test("unzipped() reads over the borders of members, and hands out views within one", () => {
  const source = unzipped(concat([pack(bytes("abc")), pack(bytes("")), pack(bytes("defg"))]), newBudget());
  equal(text(source.take(2)), "ab");
  equal(text(source.take(3)), "cde");
  source.skip(1);
  equal(source.isAtEnd(), false);
  equal(text(source.take(1)), "g");
  equal(source.isAtEnd(), true);
  throws(() => source.take(1), { kind: "chart", message: "unexpected EOF" });
});

Deno.test("unzipped() does not look at what nobody asks for", () => {
  const budget = newBudget();
  const source = unzipped(concat([pack(bytes("abc")), ...Array<Uint8Array>(50_000).fill(pack(bytes("x")))]), budget);
  equal(text(source.take(3)), "abc");
  equal(budget.members, newBudget().members - 1);
  equal(budget.bytes, newBudget().bytes - 3);
  const junk = unzipped(concat([pack(bytes("abc")), bytes("no gzip at all")]), newBudget());
  equal(text(junk.take(3)), "abc");
  throws(() => junk.take(1), { message: "gzip: invalid header" });
});

Deno.test("unzipped() holds no more of a small member than its bytes", () => {
  const source = unzipped(pack(bytes("x")), newBudget());
  equal(source.take(1).buffer.byteLength, 1);
});

Deno.test("unzipped() counts members, and every byte however small the members are", () => {
  const one = pack(bytes("x"));
  const many = unzipped(concat(Array<Uint8Array>(11).fill(one)), { bytes: 100, members: 10 });
  throws(() => many.take(11), { kind: "chart", message: "archive has more than 10000 gzip members" });
  const large = unzipped(concat(Array<Uint8Array>(11).fill(one)), { bytes: 10, members: 100 }, "too large");
  equal(large.take(10).length, 10);
  throws(() => large.take(1), { kind: "chart", message: "too large" });
});

Deno.test("unzipped() tells damage once a byte behind it is asked for", () => {
  const good = new Uint8Array(gzipSync(bytes("abcdef".repeat(100))));
  const bad = good.slice();
  bad[good.length - 1] = (bad[good.length - 1] ?? 0) ^ 1;
  const source = unzipped(bad, newBudget());
  equal(source.take(600).length, 600);
  throws(() => source.take(1), { message: "gzip: invalid checksum" });
  throws(() => unzipped(good.subarray(0, 20), newBudget()).take(600), { message: "unexpected EOF" });
});

Deno.test("unzipped() reads headers as Go does", () => {
  const header = (flags: number, rest: Uint8Array) => {
    const whole = new Uint8Array(gzipSync(bytes("abc")));
    return concat([whole.subarray(0, 3), new Uint8Array([flags]), whole.subarray(4, 10), rest, whole.subarray(10)]);
  };
  const name = (length: number) => concat([new Uint8Array(length).fill(0x61), new Uint8Array(1)]);
  equal(text(unzipped(header(8, name(511)), newBudget()).take(3)), "abc");
  equal(text(unzipped(header(8 | 16, concat([name(3), name(5)])), newBudget()).take(3)), "abc");
  equal(text(unzipped(header(4, new Uint8Array([2, 0, 9, 9])), newBudget()).take(3)), "abc");
  throws(() => unzipped(header(8, name(512)), newBudget()), { message: "gzip: invalid header" });
  throws(() => unzipped(new Uint8Array(), newBudget()), { message: "EOF" });
  throws(() => unzipped(bytes("x".repeat(20)), newBudget()), { message: "gzip: invalid header" });
  deepEqual(unzipped(pack(new Uint8Array()), newBudget()).isAtEnd(), true);
});
