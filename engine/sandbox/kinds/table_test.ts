import { deepEqual, equal, ok } from "node:assert/strict";
import { openFixture } from "../_fixture.ts";
import { kindOf, KINDS } from "./table.ts";

Deno.test("KINDS names each resource once", () => {
  const names = KINDS.map((kind) => kind.resource);
  deepEqual(names, [...new Set(names)]);
});

Deno.test("KINDS names only resources that are served", async () => {
  await using t = await openFixture();
  for (const { resource } of KINDS) {
    const [group = "", plural = ""] = resource.split("/");
    const lists = group === "" ? ["/api/v1"] : (await t.ask("GET", `/apis/${group}`)).body.versions
      .map((version: { groupVersion: string }) => `/apis/${version.groupVersion}`);
    const found = await Promise.all(lists.map(async (path: string) => (await t.ask("GET", path)).body.resources));
    ok(found.flat().some((each: { name: string }) => each.name === plural), resource);
  }
});

Deno.test("kindOf() gives kinds without an entry no rules", () => {
  equal(kindOf("example.com/things").rules, undefined);
});
