/**
 * Leaves values and secrets out of releases and objects, for archives that others may read.
 *
 * Left out: the user's values and the defaults of charts; the data of Secrets. Masked wherever else they occur:
 * the same secrets, values under names such as `password`, and credentials in addresses.
 *
 * @module
 */
import { isObject, MASK, maskSecrets } from "../../base/mod.ts";
import type { Chart, KubeObject, Release } from "../../model/mod.ts";
import { KubeManifest, secretValues } from "../../kube/mod.ts";
import { decodeYaml } from "../../lang/yaml/mod.ts";
import { isSecretVariable, maskedManifest, maskedObject, type MaskText, SECRET_NAME } from "../masked_manifest.ts";
import { documentsOf } from "../repair/documents.ts";
import { decodeText } from "../repair/map_document.ts";

/** Shorter values would match unrelated text. */
const VALUE_MIN = 4;
/** One line of a longer value, such as a key, is masked from this length on. */
const LINE_MIN = 9;

/** Returns the texts that must not appear in a redacted archive: values of Secrets and of secret names. */
export function secretsOf(releases: readonly Release[], objects: readonly KubeObject[] = []): string[] {
  const manifests = releases.flatMap(({ manifest, hooks }) => [manifest, ...hooks.map((hook) => hook.manifest)]);
  const live = objects.map((object) => JSON.stringify(object));
  const found = new Set(secretValues([...manifests, ...live].map((text) => new KubeManifest(text))));
  for (const text of manifests) {
    for (const value of variablesOf(text)) formsOf(value).forEach((form) => found.add(form));
  }
  for (const object of objects) {
    for (const value of leavesOf(object, false)) formsOf(value).forEach((form) => found.add(form));
  }
  for (const { config, chart } of releases) {
    for (const raw of [config?.raw, ...chart === undefined ? [] : chartValues(chart)]) {
      for (const value of secretLeaves(raw ?? "")) {
        formsOf(value).forEach((form) => found.add(form));
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
  try {
    return leavesOf(decodeYaml(raw), true);
  } catch {
    // Values that are not YAML are left out whole; nothing of them is known.
    return [];
  }
}

/** Returns the values of variables with secret names in a manifest. */
function variablesOf(manifest: string): string[] {
  return documentsOf(manifest).flatMap(({ text }) => {
    try {
      return leavesOf(decodeText(text), false);
    } catch {
      return []; // The document is left out.
    }
  });
}

/**
 * Returns the texts of secret variables, such as `{name: DB_PASSWORD, value: x}`.
 *
 * @param byField If true, also the texts under fields with secret names.
 */
function leavesOf(data: unknown, byField: boolean): string[] {
  const found: string[] = [];
  const visit = (value: unknown, isSecret: boolean): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, isSecret));
    if (isObject(value)) {
      const isVariable = isSecretVariable(value);
      for (const [name, inner] of Object.entries(value)) {
        visit(inner, isSecret || isVariable && name === "value" || byField && SECRET_NAME.test(name));
      }
    } else if (isSecret && (typeof value === "string" || typeof value === "number" || typeof value === "bigint")) {
      found.push(String(value));
    }
  };
  visit(data, false);
  return found;
}

/** Returns the forms in which a secret can occur: as it is, in base64, and line by line, since a text can be indented. */
function formsOf(value: string): string[] {
  const text = value.trim();
  if (text.length < VALUE_MIN) return [];
  const encoded = [value, text].map((each) => new TextEncoder().encode(each).toBase64());
  const lines = text.split("\n").map((line) => line.trim()).filter(({ length }) => length >= LINE_MIN);
  return [text, ...encoded, ...lines];
}

/** Returns the release without values and secrets. */
export function redactedRelease(release: Release, secrets: readonly string[]): Release {
  const { chart, config, info } = release;
  const mask = masker(secrets);
  return {
    ...release,
    ...chart === undefined ? {} : { chart: redactedChart(chart, mask) },
    ...config === undefined ? {} : { config: { raw: "" } },
    manifest: maskedManifest(release.manifest, mask),
    hooks: release.hooks.map((hook) => ({ ...hook, manifest: maskedManifest(hook.manifest, mask) })),
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
  const bare = { ...object, ...object.metadata === undefined ? {} : { metadata: { ...object.metadata, annotations } } };
  return maskedObject(bare, masker(secrets));
}

function masker(secrets: readonly string[]): MaskText {
  // In JSON a secret is written with escapes.
  const all = [...new Set(secrets.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1)]))];
  return (text) => maskSecrets(all.reduce((masked, secret) => masked.replaceAll(secret, MASK), text));
}

function redactedChart(chart: Chart, mask: MaskText): Chart {
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
function masked(data: Uint8Array, mask: MaskText): Uint8Array {
  try {
    return new TextEncoder().encode(mask(new TextDecoder("utf-8", { fatal: true }).decode(data)));
  } catch {
    return new Uint8Array();
  }
}
