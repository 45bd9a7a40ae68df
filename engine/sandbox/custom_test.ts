import { deepEqual, equal, match } from "node:assert/strict";
import { type Fixture, grouped, openFixture } from "./_fixture.ts";

// deno-lint-ignore no-explicit-any
type Body = any;

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const GADGETS = grouped("example.com/v1", "gadgets");
const SPEC = {
  type: "object",
  required: ["colour"],
  properties: {
    colour: { type: "string", enum: ["red", "blue"], default: "red" },
    size: { type: "integer", minimum: 1, maximum: 10 },
    name: { type: "string", pattern: "^a", minLength: 2 },
    parts: {
      type: "array",
      maxItems: 2,
      items: { type: "object", required: ["id"], properties: { id: { type: "string" } } },
    },
    free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
    port: { "x-kubernetes-int-or-string": true },
  },
};

function definition(): Body {
  const schema = { type: "object", required: ["spec"], properties: { spec: SPEC, status: { type: "object" } } };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "gadgets.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { plural: "gadgets", kind: "Gadget", shortNames: ["gd"] },
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        subresources: { status: {} },
        additionalPrinterColumns: [{ name: "Colour", type: "string", jsonPath: ".spec.colour" }],
      }],
    },
  };
}

async function openWithGadgets(): Promise<Fixture & AsyncDisposable> {
  const t = await openFixture();
  await t.ask("POST", CRDS, definition());
  await t.sandbox.settle();
  return t;
}

function gadget(name: string, spec: unknown): Body {
  return { apiVersion: "example.com/v1", kind: "Gadget", metadata: { name }, spec };
}

Deno.test("a definition is established, and its kind is served", async () => {
  await using t = await openWithGadgets();
  const { body } = await t.ask("GET", `${CRDS}/gadgets.example.com`);
  deepEqual(body.status.conditions.map((c: Body) => `${c.type}=${c.status}`), [
    "NamesAccepted=True",
    "Established=True",
  ]);
  deepEqual(body.status.acceptedNames, {
    plural: "gadgets",
    singular: "gadget",
    shortNames: ["gd"],
    kind: "Gadget",
    listKind: "GadgetList",
  });
  const { resources } = (await t.ask("GET", "/apis/example.com/v1")).body;
  deepEqual(resources.map((r: Body) => r.name), ["gadgets", "gadgets/status"]);
});

Deno.test("custom resources get defaults and lose unknown fields", async () => {
  await using t = await openWithGadgets();
  const made = await t.ask("POST", GADGETS, gadget("a", { unknown: 1, free: { any: { thing: 1 } }, port: "50%" }));
  deepEqual(made.body.spec, { colour: "red", free: { any: { thing: 1 } }, port: "50%" });
  equal(made.headers.get("warning"), '299 - "unknown field \\"spec.unknown\\""');
});

Deno.test("custom resources are refused by their schema", async () => {
  await using t = await openWithGadgets();
  const cases: [unknown, RegExp][] = [
    [undefined, /^Gadget\.example\.com "a" is invalid: spec: Required value$/],
    [{ colour: "green" }, /spec\.colour: Unsupported value: "green": supported values: "red", "blue"$/],
    [{ size: "x" }, /spec\.size: Invalid value: "string": spec\.size in body must be of type integer: "string"$/],
    [{ size: 11 }, /spec\.size: Invalid value: 11: spec\.size in body should be less than or equal to 10$/],
    [{ name: "bc" }, /spec\.name: Invalid value: "bc": spec\.name in body should match '\^a'$/],
    [{ parts: [{}] }, /spec\.parts\[0\]\.id: Required value$/],
    [{ parts: [{ id: "1" }, { id: "2" }, { id: "3" }] }, /spec\.parts: Too many: 3: must have at most 2 items$/],
    [{ port: true }, /spec\.port in body must be of type integer,string: "boolean"$/],
  ];
  for (const [spec, message] of cases) {
    const answer = await t.ask("POST", GADGETS, gadget("a", spec));
    equal(answer.status, 422, answer.body.message);
    match(answer.body.message, message);
  }
});

Deno.test("custom resources take no strategic patch, and need a version to be replaced", async () => {
  await using t = await openWithGadgets();
  await t.ask("POST", GADGETS, gadget("a", {}));
  const more = { contentType: "application/strategic-merge-patch+json" };
  equal((await t.ask("PATCH", `${GADGETS}/a`, {}, more)).status, 415);
  const refused = await t.ask("PUT", `${GADGETS}/a`, gadget("a", {}));
  match(refused.body.message, /metadata\.resourceVersion: Invalid value: 0: must be specified for an update$/);
});

Deno.test("the table of a custom resource has its own columns", async () => {
  await using t = await openWithGadgets();
  await t.ask("POST", GADGETS, gadget("a", { colour: "blue" }));
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const { body } = await t.ask("GET", GADGETS, undefined, { accept });
  deepEqual(body.columnDefinitions.map((c: Body) => c.name), ["Name", "Colour"]);
  deepEqual(body.rows[0].cells, ["a", "blue"]);
});

Deno.test("deleting a definition deletes its objects and its paths", async () => {
  await using t = await openWithGadgets();
  await t.ask("POST", GADGETS, gadget("a", {}));
  const marked = await t.ask("DELETE", `${CRDS}/gadgets.example.com`);
  equal(marked.body.status.conditions.at(-1).reason, "InstanceDeletionPending");
  await t.sandbox.settle();
  equal((await t.ask("GET", `${CRDS}/gadgets.example.com`)).status, 404);
  equal((await t.ask("GET", GADGETS)).status, 404);
});
