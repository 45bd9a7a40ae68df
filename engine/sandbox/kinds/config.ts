/**
 * ConfigMaps and Secrets.
 *
 * Source of the rules and their words: Kubernetes 1.34, `pkg/apis/core/validation/validation.go` and `pkg/registry/core/secret/strategy.go`.
 *
 * @module
 */
import { secretDefaults } from "../../kube/defaults/mod.ts";
import { at, type Json, mapOf, same, textOf } from "../json.ts";
import { type FieldError, forbiddenField, invalidValue, required, tooLong } from "../status.ts";
import { age, type Cells, nameOf } from "../tables/format.ts";
import { configKey } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";
import { Buffer } from "node:buffer";

// `MaxSecretSize` in `pkg/apis/core/types.go`, for both kinds. Decoded values count, keys do not.
const BYTES_MAX = 1024 * 1024;

/** Refuses changes of data that is marked as immutable. The mark cannot be taken back. */
function frozen(object: Json, before: Json, fields: readonly string[]): FieldError[] {
  if (before["immutable"] !== true) return [];
  const message = "field is immutable when `immutable` is set";
  const errors = object["immutable"] === true ? [] : [forbiddenField("immutable", message)];
  for (const field of fields) {
    if (!same(object[field], before[field])) errors.push(forbiddenField(field, message));
  }
  return errors;
}

function decodedBytes(text: string): number {
  return Buffer.from(text, "base64").length;
}

/** Rules of ConfigMaps. */
const configMapRules: Rules = {
  validate(object) {
    // Keys are sorted for a stable message; a Go map has no order. Values of `binaryData` are
    // base64 and count decoded.
    const [data, binary] = [mapOf(object["data"]), mapOf(object["binaryData"])];
    const errors: FieldError[] = [];
    let size = 0;
    for (const key of Object.keys(data).sort()) {
      const field = `data[${key}]`;
      errors.push(...configKey(key).map((message) => invalidValue(field, key, message)));
      if (key in binary) errors.push(invalidValue(field, key, "duplicate of key present in binaryData"));
      size += Buffer.byteLength(textOf(data[key]));
    }
    for (const key of Object.keys(binary).sort()) {
      errors.push(...configKey(key).map((message) => invalidValue(`binaryData[${key}]`, key, message)));
      size += decodedBytes(textOf(binary[key]));
    }
    if (size > BYTES_MAX) errors.push(tooLong("", BYTES_MAX));
    return errors;
  },
  updateFirst: true,
  validateUpdate: (object, before) => frozen(object, before, ["data", "binaryData"]),
};

/** Keys that a type of Secret must have. */
const NEEDED: Record<string, readonly string[]> = {
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};

function checkSecret(object: Json): FieldError[] {
  const data = mapOf(object["data"]);
  const errors: FieldError[] = [];
  let size = 0;
  for (const key of Object.keys(data).sort()) {
    errors.push(...configKey(key).map((message) => invalidValue(`data[${key}]`, key, message)));
    size += decodedBytes(textOf(data[key]));
  }
  if (size > BYTES_MAX) errors.push(tooLong("data", BYTES_MAX));
  const type = textOf(object["type"]);
  for (const key of NEEDED[type] ?? []) if (!(key in data)) errors.push(required(`data[${key}]`));
  if (type === "kubernetes.io/basic-auth" && !("username" in data) && !("password" in data)) {
    errors.push(required("data[username]"), required("data[password]"));
  }
  if (type === "kubernetes.io/service-account-token") {
    const key = "kubernetes.io/service-account.name";
    if (textOf(at(object, "metadata", "annotations", key)) === "") {
      errors.push(required(`metadata.annotations[${key}]`));
    }
  }
  if (/^kubernetes\.io\/dockerc/.test(type) && errors.length === 0) {
    // The message must not show the data, which holds credentials. Only its first character is
    // named, as in Go's message.
    const key = NEEDED[type]?.[0] ?? "";
    try {
      JSON.parse(Buffer.from(textOf(data[key]), "base64").toString("utf8"));
    } catch {
      const text = Buffer.from(textOf(data[key]), "base64").toString("utf8");
      const why = text === ""
        ? "unexpected end of JSON input"
        : `invalid character '${[...text][0]}' looking for beginning of value`;
      errors.push(invalidValue(`data[${key}]`, "<secret contents redacted>", why));
    }
  }
  return errors;
}

/** Rules of Secrets. */
const secretRules: Rules = {
  defaults: secretDefaults,
  validate: checkSecret,
  updateFirst: true,
  validateUpdate(object, before) {
    const errors = object["type"] === before["type"]
      ? []
      : [invalidValue("type", object["type"], "field is immutable")];
    return [...errors, ...frozen(object, before, ["data"])];
  },
};

function size(data: unknown): number {
  return Object.keys(mapOf(data)).length;
}

const configMapCells: Cells = (o, c) => [nameOf(o), size(o["data"]) + size(o["binaryData"]), age(o, c)];

const secretCells: Cells = (o, c) => [nameOf(o), textOf(o["type"]), size(o["data"]), age(o, c)];

/** ConfigMaps. */
export const configMaps: Kind = { resource: "/configmaps", rules: configMapRules, cells: configMapCells };

/** Secrets. */
export const secrets: Kind = {
  resource: "/secrets",
  rules: secretRules,
  cells: secretCells,
  selectable: ["type"],
};
