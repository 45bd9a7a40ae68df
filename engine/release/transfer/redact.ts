/**
 * Leaves values and secrets out of releases and objects, for archives that others may read.
 *
 * Left out: the user's values and the defaults of charts; the data of Secrets. Masked wherever else they occur:
 * the same secrets, values under names such as `password`, and credentials in addresses.
 *
 * @module
 */
import { asObject, isObject, MASK, maskSecrets } from "../../base/mod.ts";
import type { Chart, KubeObject, Release } from "../../model/mod.ts";
import { KubeManifest, secretValues } from "../../kube/mod.ts";
import { decodeYaml, encodeYaml } from "../../lang/yaml/mod.ts";
import { documentsOf, replaceDocuments } from "../repair/documents.ts";
import { decodeText } from "../repair/map_document.ts";

/** Names of values that are secret. */
const SECRET_NAME = /pass|secret|token|key|credential|auth|cert|private|dsn|connection|salt/i;
/** Shorter values would match unrelated text. */
const VALUE_MIN = 4;

/** Returns the texts that must not appear in a redacted archive: values of Secrets and of secret names. */
export function secretsOf(releases: readonly Release[], objects: readonly KubeObject[] = []): string[] {
  const manifests = releases.flatMap(({ manifest, hooks }) => [manifest, ...hooks.map((hook) => hook.manifest)]);
  const live = objects.map((object) => JSON.stringify(object));
  const found = new Set(secretValues([...manifests, ...live].map((text) => new KubeManifest(text))));
  for (const { config, chart } of releases) {
    for (const raw of [config?.raw, ...chart === undefined ? [] : chartValues(chart)]) {
      for (const value of secretLeaves(raw ?? "")) {
        found.add(value);
        found.add(new TextEncoder().encode(value).toBase64());
      }
    }
  }
  return [...found].sort((a, b) => b.length - a.length);
}

function chartValues({ values, dependencies }: Chart): string[] {
  return [values?.raw ?? "", ...dependencies.flatMap(chartValues)];
}

/** Returns the texts under secret names in a YAML text of values. */
function secretLeaves(raw: string): string[] {
  const found: string[] = [];
  const visit = (value: unknown, isSecret: boolean): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, isSecret));
    if (isObject(value)) {
      for (const [name, inner] of Object.entries(value)) visit(inner, isSecret || SECRET_NAME.test(name));
    } else if (isSecret && (typeof value === "string" || typeof value === "number")) {
      const text = String(value).trim();
      if (text.length >= VALUE_MIN) found.push(text);
    }
  };
  try {
    visit(decodeYaml(raw), false);
  } catch {
    // Values that are not YAML are left out whole; nothing of them is known.
  }
  return found;
}

/** Returns the release without values and secrets. */
export function redactedRelease(release: Release, secrets: readonly string[]): Release {
  const { chart, config, info } = release;
  const mask = masker(secrets);
  return {
    ...release,
    ...chart === undefined ? {} : { chart: redactedChart(chart, mask) },
    ...config === undefined ? {} : { config: { raw: "" } },
    manifest: redactedManifest(release.manifest, mask),
    hooks: release.hooks.map((hook) => ({ ...hook, manifest: redactedManifest(hook.manifest, mask) })),
    info: {
      ...info,
      description: mask(info.description),
      status: { code: info.status.code, resources: "", notes: mask(info.status.notes) },
    },
  };
}

/** Returns a live object without secrets. */
export function redactedObject(object: KubeObject, secrets: readonly string[]): KubeObject {
  const annotations = { ...object.metadata?.annotations };
  // Holds the whole object as kubectl sent it.
  delete annotations["kubectl.kubernetes.io/last-applied-configuration"];
  const bare = withoutSecretData({ ...object, metadata: { ...object.metadata, annotations } });
  return JSON.parse(masker(secrets)(JSON.stringify(bare)));
}

type Mask = (text: string) => string;

function masker(secrets: readonly string[]): Mask {
  // In JSON a secret is written with escapes.
  const all = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))];
  return (text) => maskSecrets(all.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}

function redactedChart(chart: Chart, mask: Mask): Chart {
  const redact = (files: Chart["files"]): Chart["files"] =>
    files.map(({ path, data }) => ({ path, data: masked(data, mask) }));
  return {
    ...chart,
    ...chart.values === undefined ? {} : { values: { raw: "" } },
    templates: redact(chart.templates),
    files: redact(chart.files),
    dependencies: chart.dependencies.map((one) => redactedChart(one, mask)),
  };
}

/** Masks a file that is text; any other may hold secrets that cannot be found, and is left empty. */
function masked(data: Uint8Array, mask: Mask): Uint8Array {
  try {
    return new TextEncoder().encode(mask(new TextDecoder("utf-8", { fatal: true }).decode(data)));
  } catch {
    return new Uint8Array();
  }
}

/** Leaves the data of Secrets out of a manifest. A document that cannot be read may be one, and is left out. */
function redactedManifest(text: string, mask: Mask): string {
  const changed = new Map<ReturnType<typeof documentsOf>[number], string>();
  for (const document of documentsOf(text)) {
    let data: unknown;
    try {
      data = decodeText(document.text);
    } catch {
      changed.set(document, "# left out: not YAML\n");
      continue;
    }
    const bare = isObject(data) ? withoutSecretData(data) : data;
    if (bare !== data) changed.set(document, encodeYaml(bare));
  }
  return mask(replaceDocuments(text, changed));
}

/** Returns the object with masks in place of a Secret's data; items of lists, too. The same object if it has none. */
function withoutSecretData<T extends KubeObject>(object: T): T {
  const { kind, items } = object as { kind?: unknown; items?: unknown };
  if (Array.isArray(items)) {
    const bare = items.map((item) =>
      isObject(item) ? withoutSecretData({ ...kind === "SecretList" ? { kind: "Secret" } : {}, ...item }) : item
    );
    return { ...object, items: bare };
  }
  if (kind !== "Secret") return object;
  const hide = (data: unknown) => Object.fromEntries(Object.keys(asObject(data)).map((name) => [name, MASK]));
  const { data, stringData } = object as { data?: unknown; stringData?: unknown };
  return {
    ...object,
    ...data === undefined ? {} : { data: hide(data) },
    ...stringData === undefined ? {} : { stringData: hide(stringData) },
  };
}
