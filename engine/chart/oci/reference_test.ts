import { deepEqual, equal, throws } from "node:assert/strict";
import { isOciReference, parseOciReference, shownReference, tagOf, versionOf } from "./reference.ts";

const DIGEST = `sha256:${"0a".repeat(32)}`;

Deno.test("parseOciReference() reads host, path, tag and digest", () => {
  const plain = { host: "localhost:5000", repository: "team/web", tag: "", digest: "" };
  deepEqual(parseOciReference("oci://localhost:5000/team/web"), plain);
  deepEqual(parseOciReference("oci://localhost:5000/team/web:1.2.3_b1"), { ...plain, tag: "1.2.3_b1" });
  deepEqual(parseOciReference(`oci://localhost:5000/team/web@${DIGEST}`), { ...plain, digest: DIGEST });
  deepEqual(parseOciReference(`oci://[::1]:5000/web:v1@${DIGEST}`), {
    host: "[::1]:5000",
    repository: "web",
    tag: "v1",
    digest: DIGEST,
  });
  equal(shownReference(parseOciReference("oci://a.example/b/c:1")), "a.example/b/c:1");
});

Deno.test("parseOciReference() refuses what is no reference, and says why", () => {
  for (
    const [text, why] of [
      ["https://a.example/web", /does not begin with oci:/],
      ["oci://", /it has no host/],
      ["oci:///web", /it has no host/],
      ["oci://user:secret@a.example/web", /its host is not valid/],
      ["oci://a.example", /paths and names/],
      ["oci://a.example/", /paths and names/],
      ["oci://a.example/Web", /paths and names/],
      ["oci://a.example/../web", /paths and names/],
      ["oci://a.example/a//b", /paths and names/],
      ["oci://a.example/web?x=1", /paths and names/],
      ["oci://a.example/web:", /ends in the middle/],
      ["oci://a.example/web:1.0.0+b1", /is not a tag/],
      ["oci://a.example/web@sha256:12", /is not a sha256 digest/],
      [`oci://a.example/${"a/".repeat(130)}b`, /longer than 255/],
    ] as const
  ) {
    throws(() => parseOciReference(text), { kind: "usage", message: why }, text);
  }
});

Deno.test("a version and its tag differ by the sign before build metadata", () => {
  equal(tagOf("1.2.3+build.5"), "1.2.3_build.5");
  equal(versionOf("1.2.3_build.5"), "1.2.3+build.5");
  equal(isOciReference("oci://x"), true);
  equal(isOciReference("stable/x"), false);
});
