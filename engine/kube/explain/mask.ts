/**
 * Masks secrets in a report, before anything prints it.
 *
 * A secret becomes its length and the start of a keyed digest: equal and different secrets can be told apart, and
 * nothing can be guessed, since the key lives only as long as the process.
 *
 * @module
 */
import { hmac } from "npm:@noble/hashes@2.4.0/hmac.js";
import { sha256 } from "npm:@noble/hashes@2.4.0/sha2.js";
import { isObject, type JsonObject, type KubeObject } from "../mod.ts";
import { isSecret, normalObject } from "./normal.ts";
import type { Change, ChangeReport, ObjectChange } from "./types.ts";

/** Names of fields and variables whose values are secret. */
const SECRET_NAME = /password|passwd|token|secret|api[-_]?key|private[-_]?key|credential/i;
/** Fields of Kubernetes with such a name that hold no secret. */
const PLAIN_NAMES: ReadonlySet<string> = new Set([
  "secret",
  "secrets",
  "secretName",
  "secretNamespace",
  "secretRef",
  "secretKeyRef",
  "secretKey",
  "imagePullSecrets",
  "serviceAccountToken",
  "automountServiceAccountToken",
  "existingSecret",
  "tokenExpirationSeconds",
]);
/** `password=x`, `"password": "x"` and `--password x` inside a text. */
const ASSIGNMENT = new RegExp(
  `((?:${SECRET_NAME.source})[\\w.-]*["']?(?:\\s*[:=]\\s*|\\s+(?=\\S+$)))(["']?)([^\\s"',;&]+)`,
  "gim",
);
/** An item of a list of arguments whose next item is a secret, such as `--password`. */
const SECRET_OPTION = new RegExp(`^--?[\\w.-]*(?:${SECRET_NAME.source})[\\w.-]*$`, "i");
/** A variable inside a text of JSON, such as the object that kubectl keeps as an annotation. */
const VARIABLE = new RegExp(
  `("name"\\s*:\\s*"[^"]*(?:${SECRET_NAME.source})[^"]*"\\s*,\\s*"value"\\s*:\\s*")((?:[^"\\\\]|\\\\.)+)`,
  "gi",
);
/** Secrets at least this long are also masked where they appear in other texts. */
const ELSEWHERE_MIN = 6;
/** Digests of this kind say nothing about a secret, and change detection needs them. */
const CHECKSUM = /^(?:sha256:)?[0-9a-f]{32,128}$/i;

/** Masks values; all with one key, so that equal secrets look equal in one run. */
export interface Masker {
  /** Returns the mask of a secret text. */
  readonly mark: (secret: string) => string;
}

/**
 * Returns a masker.
 *
 * @param key At least 16 random bytes, made for this run and not kept.
 */
export function createMasker(key: Uint8Array): Masker {
  return {
    mark(secret) {
      const bytes = new TextEncoder().encode(secret);
      const digest = hmac(sha256, key, bytes).subarray(0, 2).toHex();
      return `(secret ${bytes.length} ${bytes.length === 1 ? "byte" : "bytes"}, ${digest})`;
    },
  };
}

/** Returns the report with all secrets masked. */
export function maskReport(report: ChangeReport, masking: Masking): ChangeReport {
  return {
    ...report,
    objects: report.objects.map((object) => maskObject(object, masking)),
    risks: report.risks.map((risk) => ({ ...risk, text: masking.text(risk.text) })),
  };
}

/** Masks texts and data with the secrets of one comparison. */
export interface Masking {
  /** Masks the secrets that a text holds. */
  readonly text: (text: string) => string;
  /** Masks a field's value; `names` are the fields that lead to it. */
  readonly value: (value: unknown, names: readonly string[], inSecret: boolean) => unknown;
  /** Masks both sides of a change; `inSecret` is true for a field of a Secret. */
  readonly change: (change: Change, inSecret: boolean) => Change;
}

/**
 * Returns the masking of a comparison.
 *
 * @param objects All objects of the comparison: the values of their Secrets are masked wherever they appear.
 * @param values User values of both sides: those under names of secrets are masked wherever they appear.
 */
export function createMasking(
  objects: readonly KubeObject[],
  values: readonly unknown[],
  masker: Masker,
): Masking {
  const known = secretsOf(objects, values);
  const text = (given: string): string => {
    let masked = given;
    for (const secret of known) if (masked.includes(secret)) masked = masked.replaceAll(secret, masker.mark(secret));
    return masked.replace(
      VARIABLE,
      (all, start: string, secret: string) => secret.startsWith("(secret") ? all : `${start}${masker.mark(secret)}`,
    ).replace(
      ASSIGNMENT,
      (all, name: string, mark: string, secret: string) =>
        secret.startsWith("(secret") || CHECKSUM.test(secret) ? all : `${name}${mark}${masker.mark(secret)}`,
    );
  };
  const value = (given: unknown, names: readonly string[], inSecret: boolean): unknown => {
    if (Array.isArray(given)) {
      return given.map((item, at) =>
        typeof item === "string" && SECRET_OPTION.test(String(given[at - 1])) && !item.startsWith("-")
          ? masker.mark(item)
          : value(item, names, inSecret)
      );
    }
    if (isObject(given)) {
      const named = typeof given.name === "string" && "value" in given ? [...names, given.name] : names;
      return Object.fromEntries(
        Object.entries(given).map((
          [key, inner],
        ) => [key, key === "name" ? inner : value(inner, key === "value" ? named : [...names, key], inSecret)]),
      );
    }
    if (typeof given !== "string") return given;
    if (inSecret) return isSecretField(names) ? masker.mark(plainOf(given, names)) : text(given);
    return isSecretName(names.at(-1) ?? "") && !CHECKSUM.test(given) && given !== "" ? masker.mark(given) : text(given);
  };
  return { text, value, change: (given, inSecret) => maskChange(given, inSecret, value) };
}

/** True for `data` and `stringData`, also in what kubectl keeps as an annotation. */
function isSecretField(names: readonly string[]): boolean {
  return names[0] === "data" || names[0] === "stringData" ||
    names.includes("kubectl.kubernetes.io/last-applied-configuration");
}

const isSecretName = (name: string): boolean => SECRET_NAME.test(name) && !PLAIN_NAMES.has(name);

/** Returns the content of a Secret's field; `data` is Base64. */
function plainOf(given: string, names: readonly string[]): string {
  return names[0] === "data" ? decoded(given) ?? given : given;
}

function decoded(given: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.fromBase64(given));
  } catch {
    return undefined;
  }
}

/** Returns the secrets that are masked everywhere, the longest first. */
function secretsOf(objects: readonly KubeObject[], values: readonly unknown[]): string[] {
  const found = new Set<string>();
  const add = (secret: string | undefined): void => {
    if (secret !== undefined && secret.length >= ELSEWHERE_MIN && !CHECKSUM.test(secret)) found.add(secret);
  };
  for (const object of objects) {
    if (!isSecret(object)) continue;
    const { data } = normalObject(object);
    for (const encoded of Object.values(isObject(data) ? data : {})) {
      if (typeof encoded !== "string") continue;
      add(encoded);
      const plain = decoded(encoded);
      add(plain);
      // A text of many lines, such as a key, can appear indented.
      plain?.split("\n").map((line) => line.trim()).filter((line) => line.length > 16).forEach(add);
    }
  }
  const visit = (value: unknown, name: string): void => {
    if (Array.isArray(value)) value.forEach((item) => visit(item, name));
    else if (isObject(value)) {
      // A variable, such as `{name: PASSWORD, value: x}`, is named by its other field.
      const variable = typeof value.name === "string" && "value" in value ? value.name : "value";
      Object.entries(value).forEach(([key, inner]) => visit(inner, key === "value" ? variable : key));
    } else if (typeof value === "string" && isSecretName(name)) {
      add(value);
      add(new TextEncoder().encode(value).toBase64());
    }
  };
  values.forEach((value) => visit(value, ""));
  const names = new Set<unknown>(objects.map(({ metadata }) => metadata?.name));
  for (const object of objects) {
    if (!isSecret(object)) { for (const text of namedSecrets(object, "")) if (!names.has(text)) add(text); }
  }
  return [...found].sort((a, b) => b.length - a.length);
}

/** A word, which would be masked in too many places. */
const WORD = /^[a-z]*$/i;

/** Yields the texts of an object that are masked because of a name: of a field, a variable, an option or an assignment. */
function* namedSecrets(value: unknown, name: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      const isOption = typeof item === "string" && SECRET_OPTION.test(String(value[at - 1])) && !item.startsWith("-");
      yield* namedSecrets(item, isOption ? "password" : name);
    }
  } else if (isObject(value)) {
    const variable = typeof value.name === "string" && "value" in value ? value.name : "value";
    for (const [key, inner] of Object.entries(value)) yield* namedSecrets(inner, key === "value" ? variable : key);
  } else if (typeof value === "string") {
    const texts = isSecretName(name)
      ? [value]
      : [...value.matchAll(ASSIGNMENT)].filter(([, before = ""]) => /[:=]\s*$/.test(before)).map(([, , , text = ""]) =>
        text
      );
    yield* texts.filter((text) => !WORD.test(text));
  }
}

function maskObject(object: ObjectChange, masking: Masking): ObjectChange {
  const inSecret = object.id.kind === "Secret" && object.id.group === "";
  const changes = object.changes.map((change) => masking.change(change, inSecret));
  if (object.documents === undefined) return { ...object, changes };
  const documents = Object.fromEntries(
    Object.entries(object.documents).map(([side, data]) => [side, masking.value(data, [], inSecret)]),
  );
  return { ...object, changes, documents };
}

function maskChange(change: Change, inSecret: boolean, mask: Masking["value"]): Change {
  const names = namesOf(change);
  const masked: JsonObject = {};
  let isMasked = false;
  for (const side of ["before", "after", "wanted"] as const) {
    if (!(side in change)) continue;
    const given = change[side];
    masked[side] = change.order ? given : mask(given, names, inSecret);
    isMasked ||= JSON.stringify(masked[side], numbers) !== JSON.stringify(given, numbers);
  }
  return { ...change, ...masked, ...isMasked ? { masked: true } : {} };
}

const numbers = (_key: string, value: unknown): unknown => typeof value === "bigint" ? String(value) : value;

/** Returns the names that lead to a value: fields, and the names of items such as environment variables. */
function namesOf({ path }: Change): string[] {
  const parts = path.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const names = parts.filter((part) => !part.startsWith("["));
  const item = /^\[name=(.*)\]$/s.exec(parts.at(-2) ?? "")?.[1];
  return names.at(-1) === "value" && item !== undefined ? [...names, item] : names;
}
