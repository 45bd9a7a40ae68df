/**
 * Prints the release of a dry run as text or as a document, for `--dry-run --show-release`.
 *
 * @module
 */
import { DELETE_POLICIES, type Hook, HOOK_EVENTS, type Release } from "../../engine/model/mod.ts";
import type { OutputFormat } from "./flags.ts";
import type { Printer } from "./print.ts";
import { printRelease } from "./release_text.ts";
import { sparse, statusDocument } from "./status.ts";
import { jsonText, yamlText } from "./text.ts";

/** Prints a release like `get`, or as a document that begins like that of `status`. */
export async function printWouldBe(release: Release, format: OutputFormat, print: Printer): Promise<void> {
  if (format === "table") return await printRelease(release, print);
  const document = releaseDocument(release);
  print.out(`${format === "json" ? jsonText(document) : yamlText(document)}\n`);
}

/** Returns the fields of the record without the chart's files; codes are numbers, as in the status. */
function releaseDocument(release: Release): Record<string, unknown> {
  const { chart, config, hooks, manifest, revision } = release;
  return sparse({
    ...statusDocument(release),
    chart: chart && { metadata: sparse({ ...chart.metadata }) },
    config: config && sparse({ raw: config.raw }),
    manifest,
    hooks: hooks.map(hookDocument),
    version: revision,
  });
}

function hookDocument(hook: Hook): Record<string, unknown> {
  return sparse({
    name: hook.name,
    kind: hook.kind,
    path: hook.path,
    manifest: hook.manifest,
    events: hook.events.map((event) => HOOK_EVENTS.indexOf(event)),
    weight: hook.weight,
    delete_policies: hook.deletePolicies.map((policy) => DELETE_POLICIES.indexOf(policy)),
  });
}
