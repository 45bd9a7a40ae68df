import { equal } from "node:assert/strict";
import { KubeManifest } from "../kube/mod.ts";
import { joinUnion } from "./manifest_union.ts";

const kind = (apiVersion: string, text: string) =>
  `\n---\napiVersion: ${apiVersion}\nkind: Service\nmetadata: {name: web}\ntext: ${text}\n`;

Deno.test("joinUnion() tells kinds of one name apart by their group, where it is not Kubernetes' own", () => {
  const joined = (...versions: string[]) =>
    [
      ...joinUnion("blue", versions.map((version) => new KubeManifest(kind(version, version)))).text
        .matchAll(/text: (.*)/g),
    ]
      .map(([, text]) => text).join(" ");
  equal(joined("v1", "serving.knative.dev/v1"), "v1 serving.knative.dev/v1");
  equal(joined("serving.knative.dev/v1", "serving.knative.dev/v1beta1"), "serving.knative.dev/v1");
  equal(joined("apps/v1", "extensions/v1beta1"), "apps/v1");
});
