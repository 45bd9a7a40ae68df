import { equal } from "node:assert/strict";
import { readKnownFields } from "./known_fields.ts";
import type { KubeRequest, Transport } from "./types.ts";

const DEPLOYMENT = {
  "x-kubernetes-group-version-kind": [{ group: "apps", version: "v1", kind: "Deployment" }],
  properties: { spec: { allOf: [{ $ref: "#/x/Spec" }], default: {} }, metadata: { $ref: "#/x/Meta" } },
};
const SCHEMAS = {
  Deployment: DEPLOYMENT,
  Meta: { properties: { labels: { type: "object", additionalProperties: { type: "string" } } } },
  Spec: {
    properties: {
      replicas: { type: "integer" },
      containers: { type: "array", items: { $ref: "#/x/Container" } },
      any: { type: "object" },
      kept: { properties: { a: {} }, "x-kubernetes-preserve-unknown-fields": true },
      security: { $ref: "#/x/Security" },
    },
  },
  Container: { properties: { name: { type: "string" } } },
  Security: { properties: { user: { type: "integer" } } },
};

/** A server with these documents; it notes the paths that are read. */
function serving(documents: Record<string, unknown>): { transport: Transport; paths: string[] } {
  const paths: string[] = [];
  const transport = ({ path }: KubeRequest): Promise<Response> => {
    paths.push(path);
    const found = documents[path];
    const status = found === undefined ? 404 : 200;
    return Promise.resolve(new Response(JSON.stringify(found ?? { kind: "Status", code: 404 }), { status }));
  };
  return { transport, paths };
}

for (
  const [version, documents] of Object.entries({
    "3": { "/openapi/v3/apis/apps/v1": { components: { schemas: SCHEMAS } } },
    "2": { "/openapi/v2": { definitions: SCHEMAS } },
  })
) {
  Deno.test(`readKnownFields() knows which fields are dropped, by version ${version} of OpenAPI`, async () => {
    const known = await readKnownFields(serving(documents).transport, ["apps/v1"]);
    const drops = (path: (string | number)[], value: unknown = 1): boolean =>
      known.drops("apps/v1", "Deployment", path, value);
    equal(drops(["spec", "replicaz"]), true);
    equal(drops(["spec", "replicas"]), false);
    equal(drops(["metadata", "labels", "a.b/c"]), false);
    equal(drops(["spec", "containers", 0, "name"]), false);
    equal(drops(["spec", "containers", 0, "nmae"]), true);
    equal(drops(["spec", "containers", 0, "nmae", "deeper"]), true);
    equal(drops(["spec", "any", "thing"]), false);
    equal(drops(["spec", "kept", "thing"]), false);
    equal(drops(["spec", "replicas", "inside"]), false);
    // The field is known, and all that it has is not.
    equal(drops(["spec", "security"], { group: 1 }), true);
    equal(drops(["spec", "security"], { group: 1, user: 1 }), false);
    equal(drops(["spec", "security"], {}), false);
    equal(known.drops("apps/v1", "Other", ["x"], 1), false);
    equal(known.drops("other/v1", "Deployment", ["x"], 1), false);
  });
}

Deno.test("readKnownFields() reads one document for each version, and the old one once", async () => {
  const { transport, paths } = serving({ "/openapi/v2": { definitions: SCHEMAS } });
  await readKnownFields(transport, ["apps/v1", "v1", "apps/v1"]);
  equal(paths.join(" "), "/openapi/v3/apis/apps/v1 /openapi/v2 /openapi/v3/api/v1");
});

Deno.test("readKnownFields() knows nothing where no document may be read", async () => {
  const refuse: Transport = () => Promise.resolve(new Response("{}", { status: 403 }));
  const known = await readKnownFields(refuse, ["apps/v1"]);
  equal(known.drops("apps/v1", "Deployment", ["spec", "replicaz"], 1), false);
});
