import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, rejects } from "node:assert/strict";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { type GoMap, Int, isMap, newMap } from "../../lang/golang/mod.ts";
import { applySet, FILL_MAX, INDEX_MAX, PATH_MAX, stringValue, typedValue } from "./set.ts";

/** Applies an argument to a map; returns the map as JSON. */
async function set(argument: string, into: GoMap = newMap(), read = typedValue): Promise<string> {
  await applySet(argument, into, read);
  return JSON.stringify(into, (_, value) => value instanceof Int ? Number(value.value) : value);
}

Deno.test("applySet() makes maps and lists along a path", async () => {
  equal(await set("a.b[1].c=x"), '{"a":{"b":[null,{"c":"x"}]}}');
  equal(await set("a={x,y}z=1"), '{"a":["x","y"],"z":1}');
});

Deno.test("applySet() takes a character after a backslash as it is", async () => {
  equal(await set("a\\.b=x\\,y\\"), '{"a.b":"x,y"}');
});

Deno.test("typedValue() keeps as text what is no integer of 64 bits", () => {
  deepEqual(typedValue("-07"), new Int("int64", -7n));
  deepEqual(["1.5", "007", "1e3", "+", "9223372036854775808", ""].map(typedValue), [
    "1.5",
    "007",
    "1e3",
    "+",
    "9223372036854775808",
    "",
  ]);
  deepEqual(["TRUE", "fAlse", "Null", "falſe"].map(typedValue), [true, false, null, false]);
});

Deno.test("applySet() extends what is there, and replaces at the end of a path", async () => {
  const map = newMap();
  map["a"] = Object.assign(newMap(), { b: 1, c: [1] });
  equal(await set("a.c[1]=2,a.b=3", map), '{"a":{"b":3,"c":[1,2]}}');
});

Deno.test("applySet() treats __proto__ as any other key", async () => {
  const map = newMap();
  await applySet("__proto__.x=1,constructor=2", map, stringValue);
  deepEqual(Object.keys(map), ["__proto__", "constructor"]);
  equal(({} as Record<string, unknown>)["x"], undefined);
});

const crashes: readonly (readonly [string, string])[] = [
  ["a=1,a.b=2", 'key "a" holds a number: not a map'],
  ["a=null,a[0]=2", 'key "a" holds null: not a list'],
  ["a.b=x,a.b.c=y", 'key "a.b" holds a string: not a map'],
  ["a[0]=1,a[0][0]=x", 'key "a[0]" holds a number: not a list'],
  ["a[-1]=x", 'key "a[-1]" has a negative index'],
  ["a[-1].b=x", 'key "a[-1]" has a negative index'],
  [`a[${INDEX_MAX + 1}]=x`, `key "a[${INDEX_MAX + 1}]" has an index above ${INDEX_MAX}`],
  [`a${"[65536]".repeat(20)}=x`, `leaves more than ${FILL_MAX} empty places in lists`],
  [`${"a.".repeat(PATH_MAX)}a=x`, `key "a" has more than ${PATH_MAX} parts below it`],
  [`a${"[0]".repeat(PATH_MAX)}=x`, `key "a" has more than ${PATH_MAX} parts below it`],
];
for (const [argument, message] of crashes) {
  Deno.test(`applySet() refuses ${argument.slice(0, 30)}, which makes Helm 2 crash`, async () => {
    await rejects(set(argument), (error: unknown) => {
      return error instanceof SkegError && error.kind === "values" && error.message.endsWith(message);
    });
  });
}

Deno.test("applySet() reads a file before it reports what follows", async () => {
  const asked: string[] = [];
  const read = (name: string): Promise<string> => {
    asked.push(name);
    return Promise.reject(new SkegError("io", `open ${name}: no such file or directory`));
  };
  await rejects(applySet("a.b=x,c", newMap(), read), { kind: "values", message: "open x: no such file or directory" });
  deepEqual(asked, ["x"]);
});

/** True if values contain only data; lists may hold many thousands of nulls. */
function isData(value: unknown): boolean {
  if (value === null || ["string", "boolean"].includes(typeof value) || value instanceof Int) return true;
  if (Array.isArray(value)) return value.every((item) => item === null || isData(item));
  return isMap(value) && Object.values(value).every(isData);
}

const runs = fuzzRuns(300);

Deno.test("applySet() either sets or throws a SkegError of kind values, whatever it is given", async () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    ".",
    "[",
    "]",
    "0",
    "1",
    "-1",
    "=",
    ",",
    "{",
    "}",
    "\\",
    "é",
    " ",
    "null",
    "\ud800",
  );
  const argument = fc.oneof(
    fc.array(piece, { maxLength: 24 }).map((parts) => parts.join("")),
    // Random code points. `unit: "binary"` would give the same, but takes seconds to build.
    fc.array(fc.integer({ min: 0, max: 0x10ffff })).map((codes) => String.fromCodePoint(...codes)),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(argument, { maxLength: 3 }), async (given) => {
      const map = newMap();
      for (const one of given) {
        try {
          await applySet(one, map);
        } catch (error) {
          if (!(error instanceof SkegError) || error.kind !== "values") throw error;
        }
      }
      equal(isData(map), true);
    }),
    { numRuns: runs },
  );
});

Deno.test("applySet() brings back any text at any path when both are escaped", async () => {
  const escape = (text: string): string => text.replace(/[\\=[\],.{}]/g, "\\$&");
  const key = fc.string({ minLength: 1, unit: "grapheme" });
  await fc.assert(
    fc.asyncProperty(
      fc.array(key, { minLength: 1, maxLength: 4 }),
      fc.string({ unit: "grapheme" }),
      async (keys, text) => {
        const map = newMap();
        await applySet(`${keys.map(escape).join(".")}=${escape(text)}`, map, stringValue);
        let value: unknown = map;
        for (const part of keys) value = (value as GoMap)[part];
        equal(value, text);
      },
    ),
    { numRuns: runs },
  );
});
