import { deepEqual, equal, throws } from "node:assert/strict";
import { defaultCapabilities } from "../../../model/mod.ts";
import { FAMILIES } from "../table.ts";
import { apiVersionsOf } from "./api_versions.ts";

const BASE = defaultCapabilities().apiVersions;

/** The API versions of Kubernetes 1.34.4 without feature gates, one `apiVersion kind` per line. */
const RECORDED = new Set(
  Deno.readTextFileSync(new URL("../../../../testdata/removed_apis/kinds-1.34.4.txt", import.meta.url))
    .split("\n").filter((line) => line !== ""),
);

/** The group versions among names such as `v1`, `apps/v1` and `apps/v1/Deployment`. */
const groupVersions = (names: Iterable<string>): string[] =>
  [...names].filter((name) => /^v\d|\/v\d\w*$/.test(name) && !/^v\d\w*\//.test(name)).sort();

Deno.test("apiVersionsOf() gives the group versions that a Kubernetes 1.34.4 lists", () => {
  const recorded = new Set([...RECORDED].map((line) => line.split(" ")[0] ?? ""));
  deepEqual(groupVersions(apiVersionsOf(BASE, "1.34")), [...recorded].sort());
});

Deno.test("apiVersionsOf() has a kind of the table exactly when a Kubernetes 1.34.4 lists it", () => {
  const names = apiVersionsOf(BASE, "v1.34.4");
  for (const { kind, members } of FAMILIES) {
    for (const { apiVersion } of members) {
      equal(names.has(`${apiVersion}/${kind}`), RECORDED.has(`${apiVersion} ${kind}`), `${apiVersion} ${kind}`);
    }
  }
});

Deno.test("apiVersionsOf() follows an API version from its first release to its last", () => {
  const releases = (name: string) =>
    ["1.13", "1.14", "1.18", "1.19", "1.21", "1.22"]
      .filter((release) => apiVersionsOf(BASE, release).has(name));
  deepEqual(releases("networking.k8s.io/v1beta1/Ingress"), ["1.14", "1.18", "1.19", "1.21"]);
  deepEqual(releases("networking.k8s.io/v1/Ingress"), ["1.19", "1.21", "1.22"]);
  deepEqual(releases("extensions/v1beta1"), ["1.13", "1.14", "1.18", "1.19", "1.21"]);
  deepEqual(releases("extensions/v1beta1/Deployment"), ["1.13", "1.14"]);
  deepEqual(releases("extensions/v1beta1/DeploymentList"), ["1.13", "1.14"]);
  deepEqual(releases("apps/v1/Deployment"), ["1.13", "1.14", "1.18", "1.19", "1.21", "1.22"]);
});

Deno.test("apiVersionsOf() keeps what the table does not know, and changes nothing that is given", () => {
  const base = new Set(["v1", "v1/Pod", "example.com/v1", "example.com/v1/Web", "apps/v1beta1"]);
  const names = apiVersionsOf(base, "1.20");
  deepEqual([...base].filter((name) => names.has(name)), ["v1", "v1/Pod", "example.com/v1", "example.com/v1/Web"]);
  equal(base.size, 5);
});

Deno.test("apiVersionsOf() refuses what is not a version of Kubernetes", () => {
  throws(() => apiVersionsOf(BASE, "new"), { kind: "usage", message: '"new" is not a version of Kubernetes' });
});
