import { deepEqual, equal, throws } from "node:assert/strict";
import { decodeMetadata } from "./chartfile.ts";

Deno.test("decodeMetadata() reads every field and ignores the others", () => {
  deepEqual(
    {
      ...decodeMetadata(
        "name: web\nversion: 1.0.0\nkeywords: [a, b]\nmaintainers: [{name: Ann}]\ndeprecated: yes\nx: 1\n",
      ),
    },
    { name: "web", version: "1.0.0", keywords: ["a", "b"], maintainers: [{ name: "Ann" }], deprecated: true },
  );
});

Deno.test("decodeMetadata() matches field names in any case; the later in byte order wins", () => {
  equal(decodeMetadata("NAME: a\nname: b\n").name, "b");
});

Deno.test("decodeMetadata() makes text of numbers, bools and null", () => {
  const read = (text: string): string | undefined => decodeMetadata(`name: a\nappVersion: ${text}\n`).appVersion;
  equal(read("1.10"), "1.1");
  equal(read("3"), "3");
  equal(read("1234567.89"), "1.2345679e+06");
  equal(read("true"), "true");
  equal(read("null") ?? "", "");
  equal(read("'1.10'"), "1.10");
});

Deno.test("decodeMetadata() refuses what does not fit, in Go's words", () => {
  const intro = "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal";
  throws(() => decodeMetadata("name: [a]"), {
    kind: "yaml",
    message: `${intro} array into Go struct field Metadata.name of type string`,
  });
  throws(() => decodeMetadata("deprecated: 'yes'"), {
    message: `${intro} string into Go struct field Metadata.deprecated of type bool`,
  });
  throws(() => decodeMetadata("maintainers: a"), {
    message: `${intro} string into Go struct field Metadata.maintainers of type []*chart.Maintainer`,
  });
  throws(() => decodeMetadata("- a"), { message: `${intro} array into Go value of type chart.Metadata` });
});

Deno.test("decodeMetadata() takes an empty document for a chart without a name", () => {
  equal(decodeMetadata("").name, "");
});
