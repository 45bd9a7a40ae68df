import { deepEqual, equal, ok } from "node:assert/strict";
import { CUSTOM } from "./custom/table.ts";
import { holds } from "./conditions.ts";
import { FAMILIES, type Family, REBORN, targetOf } from "./table.ts";
import type { FieldPlace } from "./places.ts";
import type { Work } from "./work.ts";

const conversions = FAMILIES.flatMap((family) =>
  Object.entries(family.conversions).map(([apiVersion, conversion]) => ({ family, apiVersion, conversion }))
);
const knows = ({ members }: Family, version: string) => members.some(({ apiVersion }) => apiVersion === version);

Deno.test("the table has every family and version that the rules speak of", () => {
  equal(FAMILIES.length, 66);
  equal(FAMILIES.flatMap(({ members }) => members).filter(({ removed }) => removed !== undefined).length, 118);
  equal(REBORN.length, 8);
});

Deno.test("every conversion of the table begins at a member, and ends at one or nowhere", () => {
  for (const { family, apiVersion, conversion } of conversions) {
    ok(knows(family, apiVersion), `${apiVersion} ${family.kind}`);
    const target = targetOf(conversion, family.kind);
    if (target === undefined) continue;
    const other = FAMILIES.find(({ kind, members }) =>
      kind === target.kind && members.some((member) => member.apiVersion === target.apiVersion)
    );
    ok(other !== undefined, `${apiVersion} ${family.kind}: ${conversion.to}`);
  }
});

Deno.test("every removed member of the table has a conversion", () => {
  for (const family of FAMILIES) {
    for (const { apiVersion, removed } of family.members) {
      if (removed === undefined || family.members[0]?.apiVersion === apiVersion && family.sameObject) continue;
      ok(apiVersion in family.conversions, `${apiVersion} ${family.kind}`);
    }
  }
});

Deno.test("a condition of the table, and every custom operation, has code", () => {
  const place: FieldPlace = { parent: {}, key: "a", path: "a", indexes: [], attach: () => {} };
  const work = { object: {}, before: {}, from: "", options: {} } as unknown as Work;
  for (const { conversion: { structure = [], onCreate = [] } } of conversions) {
    for (const { when } of [...structure, ...onCreate]) holds(when, work, place);
    for (const { op, name = "" } of structure) if (op === "custom") ok(CUSTOM.has(name), name);
  }
});

Deno.test("level rename means that nothing but the version, references and defaults change", () => {
  for (const { family, apiVersion, conversion: { level, structure = [] } } of conversions) {
    if (level !== "rename") continue;
    deepEqual(structure.filter(({ side }) => side !== "target"), [], `${apiVersion} ${family.kind}`);
  }
});

Deno.test("a text of the table that needs code is one that has it: add the code, then the text here", () => {
  const immutable = new Set(conversions.flatMap(({ conversion }) => conversion.immutable ?? []));
  const texts = [...immutable].filter((text) => !/^[a-zA-Z]+(?:\.[a-zA-Z]+)*$/.test(text));
  deepEqual(texts.sort(), [
    "as apps/v1beta2",
    "everything in spec but replicas, template, updateStrategy, minReadySeconds, ordinals, revisionHistoryLimit, persistentVolumeClaimRetentionPolicy",
    "most of spec",
    "spec.names.plural (once established)",
  ]);
  const refused = conversions.filter(({ conversion }) => conversion.refuse && conversion.level !== "none");
  deepEqual([...new Set(refused.map(({ family }) => family.kind))].sort(), [
    "CertificateSigningRequest",
    "CronJob",
    "CustomResourceDefinition",
    "EndpointSlice",
    "Event",
    "Ingress",
    "MutatingWebhookConfiguration",
    "ValidatingWebhookConfiguration",
  ]);
});
