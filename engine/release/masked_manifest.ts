/**
 * Masks secrets in objects and in the documents of a manifest.
 *
 * The data of an object is masked, never its serialised text: the result is an object with the same fields. Keys,
 * `kind`, `apiVersion`, and an object's own name and namespace stay as they are.
 *
 * @module
 */
import { asObject, isObject, MASK } from "../base/mod.ts";
import type { KubeObject } from "../model/mod.ts";
import { encodeJson, encodeYaml } from "../lang/yaml/mod.ts";
import { documentsOf, replaceDocuments, type TextDocument } from "./repair/documents.ts";
import { decodeText } from "./repair/map_document.ts";

/** Names of values and of variables that are secret. */
export const SECRET_NAME = /pass|secret|token|key|credential|auth|cert|private|dsn|connection|salt/i;
/** An item of a list of arguments whose next item is a secret, such as `--password`. */
const SECRET_OPTION = /^--?[\w.-]*(?:pass|secret|token|api[-_]?key|private[-_]?key|credential)[\w.-]*$/i;

/** Replaces the known secrets in a text. */
export type MaskText = (text: string) => string;

/** True for a variable with the name of a secret, such as `{name: DB_PASSWORD, value: x}`. */
export function isSecretVariable(object: Readonly<Record<string, unknown>>): boolean {
  return "value" in object && typeof object.name === "string" && SECRET_NAME.test(object.name);
}

/**
 * Returns the object with masks in place of a Secret's data, of variables with secret names, and of known secrets. Items
 * of lists are masked, too.
 *
 * @param mask Replaces known secrets in texts. A number is masked if `mask` replaces all of it.
 */
export function maskedObject<T extends KubeObject>(object: T, mask: MaskText): T {
  const { kind, items } = object as { kind?: unknown; items?: unknown };
  const bare = withoutSecretData(object);
  const masked = maskedData(bare, mask) as T;
  const { metadata } = object;
  const named = isObject(metadata)
    ? {
      metadata: {
        ...masked.metadata,
        ..."name" in metadata ? { name: metadata.name } : {},
        ..."namespace" in metadata ? { namespace: metadata.namespace } : {},
      },
    }
    : {};
  if (!Array.isArray(items)) return { ...masked, ...named };
  const list = items.map((item) =>
    isObject(item) ? maskedObject({ ...kind === "SecretList" ? { kind: "Secret" } : {}, ...item }, mask) : item
  );
  return { ...masked, ...named, items: list };
}

/**
 * Returns the text of a manifest with masked documents. A document that cannot be read may be a Secret: it is left out.
 *
 * @param mask Replaces known secrets in texts and comments.
 * @param maskObject Masks one object; default: {@linkcode maskedObject}.
 */
export function maskedManifest(
  text: string,
  mask: MaskText,
  maskObject: (object: KubeObject) => KubeObject = (object) => maskedObject(object, mask),
): string {
  const changed = new Map<TextDocument, string>();
  for (const document of documentsOf(text)) {
    let data: unknown;
    try {
      data = decodeText(document.text);
    } catch {
      changed.set(document, "# left out: not YAML\n");
      continue;
    }
    // A comment can hold a secret, too. The written document has none but its source.
    const commented = mask(document.text);
    if (!isObject(data)) {
      if (commented !== document.text) changed.set(document, commented);
      continue;
    }
    const masked = written(maskObject(data));
    if (commented === document.text && masked === written(data)) continue;
    const [source = ""] = /^# Source: .*\n/.exec(document.text.trimStart()) ?? [];
    changed.set(document, `${mask(source)}${masked}`);
  }
  return replaceDocuments(text, changed);
}

function written(object: KubeObject): string {
  try {
    return encodeYaml(object);
  } catch {
    return `${encodeJson(object)}\n`; // a value that YAML cannot hold
  }
}

function withoutSecretData<T extends KubeObject>(object: T): T {
  const { kind, data, stringData } = object as { kind?: unknown; data?: unknown; stringData?: unknown };
  if (kind !== "Secret") return object;
  const hide = (fields: unknown) => Object.fromEntries(Object.keys(asObject(fields)).map((name) => [name, MASK]));
  return {
    ...object,
    ...data === undefined ? {} : { data: hide(data) },
    ...stringData === undefined ? {} : { stringData: hide(stringData) },
  };
}

/** Masks the texts and numbers of any data. */
function maskedData(value: unknown, mask: MaskText): unknown {
  if (typeof value === "string") return mask(value);
  if (typeof value === "number" || typeof value === "bigint") return mask(String(value)) === MASK ? MASK : value;
  if (Array.isArray(value)) {
    return value.map((item, at) => {
      const isNamed = typeof item === "string" && !item.startsWith("-") && SECRET_OPTION.test(String(value[at - 1]));
      return isNamed ? MASK : maskedData(item, mask);
    });
  }
  if (!isObject(value)) return value;
  const isSecret = isSecretVariable(value);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      if (isSecret && name === "value" && inner !== null && inner !== "") return [name, MASK];
      const isType = (name === "kind" || name === "apiVersion") && typeof inner === "string";
      return [name, isType ? inner : maskedData(inner, mask)];
    }),
  );
}
