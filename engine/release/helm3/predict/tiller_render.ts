/**
 * Renders the recorded chart as Tiller does, and compares the result with the recorded manifest: what differs here will differ at an
 * upgrade by any program.
 *
 * @module
 */
import type { Capabilities, Release } from "../../../model/mod.ts";
import { SkegError } from "../../../../errors.ts";
import { type ParsedManifest, renderRelease } from "../../../chart/render/mod.ts";
import { KubeManifest, type KubeObject } from "../../../kube/mod.ts";
import { seeded } from "../../plan/renders.ts";

/** Names that a sentence has at most. */
const NAMED_MAX = 3;

/** Returns why the recorded chart does not render as recorded, one sentence each; empty if it does. */
export async function tillerDifferences(release: Release, capabilities: Capabilities): Promise<string[]> {
  let first: Rendered;
  try {
    first = await rendered(release, capabilities, 1);
    if (isSame(first.manifest, release.manifest)) return [];
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return [`the chart of the record does not render as it did: ${error.message.split("\n", 1)[0] ?? ""}`];
  }
  const again = await rendered(release, capabilities, 2);
  const moving = namesOfDifferences(textsOf(first.manifests), textsOf(again.manifests));
  const different = namesOfDifferences(recordedTexts(release.manifest), recordedTexts(first.manifest));
  const steady = different.filter((name) => !moving.includes(name));
  return [
    ...moving.length === 0 ? [] : [`differs at every render, by random functions or the time: ${named(moving)}`],
    ...steady.length === 0 ? [] : [
      `renders otherwise than recorded, because the cluster's version or APIs changed since: ${named(steady)}`,
    ],
  ];
}

interface Rendered {
  readonly manifests: readonly ParsedManifest[];
  readonly manifest: string;
}

async function rendered(release: Release, capabilities: Capabilities, seed: number): Promise<Rendered> {
  const { chart, config, name, namespace, revision, info } = release;
  if (chart === undefined) throw new SkegError("chart", "the record has no chart");
  const isInstall = revision <= 1;
  const { clock, random } = seeded(seed);
  return await renderRelease({
    chart,
    config: config?.raw ?? "",
    release: {
      name,
      namespace,
      revision,
      isInstall,
      isUpgrade: !isInstall,
      time: seed === 1 ? info.lastDeployed ?? clock() : clock(),
    },
    capabilities,
    anyCluster: true,
    clock,
    random,
    log: () => {},
    warn: () => {},
  });
}

const isSame = (a: string, b: string): boolean => a.trim() === b.trim();

function textsOf(manifests: readonly ParsedManifest[]): Map<string, string> {
  return new Map(manifests.map(({ path, kind, head, text }) => [`${kind}/${head.name} ${path}`, text]));
}

/** Returns the documents of a manifest by kind and name. */
function recordedTexts(manifest: string): Map<string, string> {
  return new Map(new KubeManifest(manifest).documents.map((document, at) => {
    const { entry } = document;
    const object = entry === undefined || entry instanceof SkegError ? undefined : entry.object as KubeObject;
    const name = object === undefined ? `document ${at + 1}` : `${object.kind}/${object.metadata?.name ?? ""}`;
    return [name, document.text.replace(/^(?:#[^\n]*\n)*/, "").trim()];
  }));
}

function namesOfDifferences(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>): string[] {
  const names = new Set([...a.keys(), ...b.keys()]);
  return [...names].filter((name) => a.get(name) !== b.get(name)).map((name) => name.split(" ", 1)[0] ?? name);
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED_MAX;
  return names.slice(0, NAMED_MAX).join(", ") + (more > 0 ? ` and ${more} more` : "");
}
