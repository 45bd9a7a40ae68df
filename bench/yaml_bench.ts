/**
 * Reads and writes YAML with skeg's own code and with js-yaml: 1 MB of manifests,
 * 1 MB of a repository's index, and the largest real sizes. The two differ in
 * what they accept and print.
 *
 * @module
 */

import { dump, load } from "js-yaml";
import { decodeJson, decodeYaml, encodeJson, encodeYaml } from "../engine/lang/yaml/mod.ts";

const SIZE = 1_000_000;

function grow(part: (i: number) => string, size = SIZE): string {
  let text = "";
  for (let i = 0; text.length < size; i++) text += part(i);
  return text;
}

const manifest = (i: number): string =>
  `- apiVersion: apps/v1
  kind: Deployment
  metadata:
    name: web-${i}
    labels: {app: web, "tier": 'front'}
    annotations:
      checksum/config: ${"ab12".repeat(12)}
  spec:
    replicas: ${i % 7}
    template:
      spec:
        containers:
        - name: web
          image: "registry.example.com/web:v${i}"
          args: ["--verbose", "--port=8080"]
          ports:
          - containerPort: 8080
            protocol: TCP
          command:
          - /bin/sh
          - -c
          - |
            set -e
            echo "starting ${i}"
            exec web
`;

const entry = (i: number): string =>
  `- apiVersion: v1
  appVersion: 1.${i}.0
  created: "2020-01-01T00:00:00.123Z"
  description: A chart that does something useful for somebody and says so at some
    length
  digest: ${"0123456789abcdef".repeat(4)}
  home: https://example.com/web
  keywords:
  - web
  - example
  maintainers:
  - email: ann@example.com
    name: Ann
  name: web
  urls:
  - https://example.com/charts/web-${i}.tgz
  version: 0.${i}.1
`;

const manifests = grow(manifest);
const index = grow(entry);

for (const [name, text] of [["manifests", manifests], ["index", index]] as const) {
  const value = decodeYaml(text);
  const json = encodeJson(value);
  const group = `decode YAML, ${name}`;
  Deno.bench("skeg", { group, baseline: true }, () => void decodeYaml(text));
  Deno.bench("js-yaml", { group }, () => void load(text));
  const out = `encode YAML, ${name}`;
  Deno.bench("skeg", { group: out, baseline: true }, () => void encodeYaml(value));
  Deno.bench("js-yaml", { group: out }, () => void dump(value));
  Deno.bench(`encode JSON, ${name}`, () => void encodeJson(value));
  Deno.bench(`decode JSON, ${name}`, () => void decodeJson(json));
}

/** Large real sizes: the index of a big repository, the manifest of a big release. */
for (const [name, text] of [["6 MB index", grow(entry, 6e6)], ["2.5 MB manifest", grow(manifest, 25e5)]] as const) {
  const group = `decode YAML, ${name}`;
  Deno.bench("skeg", { group, baseline: true }, () => void decodeYaml(text));
  Deno.bench("js-yaml", { group }, () => void load(text));
}
