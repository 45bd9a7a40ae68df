/**
 * Checks the types of those parts of an object that every reader uses. Go's
 * clients check them when they decode an answer. Without this check a wrong
 * type, such as a list in place of a text, would cause an error much later.
 *
 * @module
 */

type Fields = Readonly<Record<string, unknown>>;

const isMap = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isAbsent = (value: unknown): boolean => value === undefined || value === null;
const isText = (value: unknown): boolean => typeof value === "string";
const isTextMap = (value: unknown): boolean => isMap(value) && Object.values(value).every(isText);
const isListOf = (fits: (item: unknown) => boolean) => (value: unknown): boolean =>
  Array.isArray(value) && value.every(fits);

type Check = readonly [fits: (value: unknown) => boolean, words: string];

const TEXT: Check = [isText, "text"];
const TEXTS: Check = [isTextMap, "a map of texts"];
const MAPS: Check = [isListOf(isMap), "a list of objects"];

/** Fields of `metadata`; all of them may be absent. */
const METADATA: Readonly<Record<string, Check>> = {
  name: TEXT,
  namespace: TEXT,
  generateName: TEXT,
  uid: TEXT,
  resourceVersion: TEXT,
  creationTimestamp: TEXT,
  deletionTimestamp: TEXT,
  continue: TEXT,
  labels: TEXTS,
  annotations: TEXTS,
  ownerReferences: MAPS,
  managedFields: MAPS,
  finalizers: [isListOf(isText), "a list of texts"],
};

/** Kinds that hold records, and lists of them. */
const WITH_DATA: ReadonlySet<unknown> = new Set(["ConfigMap", "Secret", "ConfigMapList", "SecretList"]);

/**
 * Returns what is wrong with an object, or with a list and its items, such as
 * `metadata.labels is not a map of texts`; `undefined` when nothing is.
 */
export function unsoundPart(object: unknown): string | undefined {
  if (!isMap(object)) return undefined;
  const { items, kind } = object;
  const hasData = WITH_DATA.has(kind);
  const own = unsound(object, hasData && !Array.isArray(items));
  if (own !== undefined || !Array.isArray(items)) return own;
  for (const [at, item] of items.entries()) {
    if (!isMap(item)) return `items[${at}] is not an object`;
    const problem = unsound(item, hasData);
    if (problem !== undefined) return `items[${at}].${problem}`;
  }
  return undefined;
}

function unsound({ metadata, data }: Fields, hasData: boolean): string | undefined {
  if (hasData && !isAbsent(data) && !isTextMap(data)) return "data is not a map of texts";
  if (isAbsent(metadata)) return undefined;
  if (!isMap(metadata)) return "metadata is not an object";
  for (const field in METADATA) {
    const value = metadata[field];
    const [fits, words] = METADATA[field] ?? TEXT;
    if (!isAbsent(value) && !fits(value)) return `metadata.${field} is not ${words}`;
  }
  return undefined;
}
