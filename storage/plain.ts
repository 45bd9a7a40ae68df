/**
 * Records in a form that every kind of storage can hold: text, labels and annotations.
 *
 * Export, import and moves between storages use it. A ConfigMap holds such a record as it is, a Secret in
 * base64, a row of a database without annotations and without foreign labels.
 *
 * @module
 */
import { SkegError } from "../errors.ts";
import type { PlainRecord, RecordObject } from "./driver.ts";

/** Returns the neutral form of an object. */
export function plainOf(object: RecordObject): PlainRecord {
  const { metadata = {}, kind } = object;
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = { ...textsOf((object as { binaryData?: unknown }).binaryData) };
  for (const [name, value] of Object.entries(textsOf(object.data))) {
    const text = kind === "Secret" ? decodedText(value) : value;
    if (text === undefined) binaryData[name] = value;
    else data[name] = text;
  }
  const createdAt = metadata["creationTimestamp"];
  return {
    key: metadata.name ?? "",
    labels: textsOf(metadata.labels),
    annotations: textsOf(metadata.annotations),
    data,
    binaryData,
    ...typeof createdAt === "string" ? { createdAt } : {},
  };
}

/** Returns the object that holds a record; only name, labels, annotations and data are set. */
export function objectOfPlain(kind: "ConfigMap" | "Secret", record: PlainRecord): RecordObject {
  const { key, labels, annotations, data, binaryData } = record;
  const hasBinary = Object.keys(binaryData).length > 0;
  const texts = kind === "ConfigMap" ? data : {
    ...Object.fromEntries(Object.entries(data).map(([name, text]) => [name, encodedText(text)])),
    ...binaryData,
  };
  return {
    apiVersion: "v1",
    kind,
    metadata: {
      name: key,
      labels: { ...labels },
      ...Object.keys(annotations).length === 0 ? {} : { annotations: { ...annotations } },
    },
    data: { ...texts },
    ...kind === "ConfigMap" && hasBinary ? { binaryData: { ...binaryData } } : {},
  };
}

/** True if both hold the same record under the same labels; times of creation and versions do not count. */
export function isSameRecord(a: PlainRecord, b: PlainRecord): boolean {
  return a.key === b.key && isEqual(a.data, b.data) && isEqual(a.binaryData, b.binaryData) &&
    isEqual(a.labels, b.labels) && isEqual(a.annotations, b.annotations);
}

/** Returns the record's text. Throws with kind `record` when there is none. */
export function textOfPlain({ key, data }: PlainRecord): string {
  const text = data["release"];
  if (text !== undefined && text !== "") return text;
  throw new SkegError("record", `record ${key} is empty: this storage cannot hold it`);
}

type Texts = Readonly<Record<string, string>>;

function isEqual(a: Texts, b: Texts): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && a[key] === b[key]);
}

/** Returns the entries whose values are texts. */
function textsOf(value: unknown): Texts {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([, text]) => typeof text === "string")) as Texts;
}

/** Returns the text in a Secret's base64; `undefined` when it is not text that encodes to the same base64 again. */
function decodedText(base64: string): string | undefined {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.fromBase64(base64));
    return encodedText(text) === base64 ? text : undefined;
  } catch {
    return undefined;
  }
}

function encodedText(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
