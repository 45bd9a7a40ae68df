import { deepEqual, equal } from "node:assert/strict";
import { SkegError } from "../../../errors.ts";
import { type Capabilities, defaultCapabilities } from "../../model/mod.ts";
import { chartFromFiles } from "../load/mod.ts";
import { type Helm3Rendered, renderHelm3 } from "./mod.ts";

interface Recorded {
  readonly kubeVersion: string;
  readonly apiVersions: readonly string[];
  readonly cases: readonly {
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
    readonly config?: string;
    readonly output?: string;
    readonly error?: string;
  }[];
}

const { kubeVersion, apiVersions, cases } = JSON.parse(
  await Deno.readTextFile(new URL("../../../testdata/helm3/dialect.json", import.meta.url)),
) as Recorded;

const [major = "", minor = ""] = kubeVersion.split(".");
const capabilities: Capabilities = {
  ...defaultCapabilities(),
  kubeVersion: { ...defaultCapabilities().kubeVersion, major, minor, gitVersion: `v${kubeVersion}` },
  apiVersions: new Set(apiVersions),
};

/** Returns what `helm template` prints: the manifest, then the hooks. */
function printed({ manifest, hooks }: Helm3Rendered): string {
  return `${manifest.trim()}\n${hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`).join("")}`;
}

/** Failures in other words than Helm's: the validator of schemas, and readers of YAML, are others. */
const OTHER_WORDS: Readonly<Record<string, RegExp>> = {
  schema: /^values don't meet the specifications of the schema\(s\) in the following chart\(s\):\nweb:\n/,
};

for (const { name, files, config = "", output, error } of cases) {
  Deno.test(`renderHelm3() renders as Helm 3 does: ${name}`, async () => {
    const options = {
      config,
      release: { name: "rel", namespace: "space", revision: 1, isUpgrade: true },
      capabilities,
    };
    let found: { output?: string; error?: string };
    try {
      found = { output: printed(await renderHelm3(chartFromFiles(files), options)) };
    } catch (failure) {
      if (!(failure instanceof SkegError)) throw failure;
      found = { error: failure.message };
    }
    const words = OTHER_WORDS[name];
    if (words === undefined) deepEqual(found, output === undefined ? { error } : { output });
    else equal(words.test(found.error ?? ""), words.test(error ?? ""));
  });
}
