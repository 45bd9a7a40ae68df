/**
 * Refusals, in the words of kube-apiserver.
 *
 * Source: `apimachinery/pkg/api/errors/errors.go` and
 * `apimachinery/pkg/util/validation/field/errors.go`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Json } from "./json.ts";

/** A `Status` object of `meta/v1`. */
export interface StatusBody extends Json {
  message: string;
  reason?: string;
  code: number;
  details?: Json;
}

/** The refusal of a request. Carries the `Status` that goes to the client. */
export class ApiError extends SkegError {
  /** The `Status` in the answer. */
  readonly body: StatusBody;

  /** Builds the `Status`. */
  constructor(code: number, reason: string | undefined, message: string, details?: Json) {
    super("sandbox", message);
    this.body = {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason === undefined ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** A group and a plural name or kind, as messages name them. */
export interface Qualified {
  readonly group: string;
  /** Plural name, or the kind for {@linkcode invalid}. */
  readonly resource: string;
}

function qualified(what: Qualified): string {
  return what.group === "" ? what.resource : `${what.resource}.${what.group}`;
}

function details(what: Qualified, name: string, more: Json = {}): Json {
  return {
    ...(name === "" ? {} : { name }),
    ...(what.group === "" ? {} : { group: what.group }),
    ...(what.resource === "" ? {} : { kind: what.resource }),
    ...more,
  };
}

/** `configmaps "x" not found`. */
export function notFound(what: Qualified, name: string): ApiError {
  return new ApiError(404, "NotFound", `${qualified(what)} "${name}" not found`, details(what, name));
}

/** No resource is served at the path. */
export function noSuchResource(): ApiError {
  return new ApiError(404, "NotFound", "the server could not find the requested resource", {});
}

/** `configmaps "x" already exists`. */
export function alreadyExists(what: Qualified, name: string): ApiError {
  return new ApiError(409, "AlreadyExists", `${qualified(what)} "${name}" already exists`, details(what, name));
}

/** The object was modified by another client, or a precondition does not hold. */
export function conflict(what: Qualified, name: string, why: string): ApiError {
  const message = `Operation cannot be fulfilled on ${qualified(what)} "${name}": ${why}`;
  return new ApiError(409, "Conflict", message, details(what, name));
}

/** The usual {@linkcode conflict}: the resourceVersion is not the latest. */
export function modified(what: Qualified, name: string): ApiError {
  return conflict(
    what,
    name,
    "the object has been modified; please apply your changes to the latest version and try again",
  );
}

/** Admission refuses. */
export function forbidden(what: Qualified, name: string, why: string): ApiError {
  const named = name === "" ? `${qualified(what)} is forbidden` : `${qualified(what)} "${name}" is forbidden`;
  return new ApiError(403, "Forbidden", `${named}: ${why}`, details(what, name));
}

/** The request cannot be understood. */
export function badRequest(message: string): ApiError {
  return new ApiError(400, "BadRequest", message);
}

/** A body that is longer than the server reads. */
export function entityTooLarge(limitBytes: number): ApiError {
  return new ApiError(413, "RequestEntityTooLarge", `Request entity too large: limit is ${limitBytes}`, {});
}

/** No credentials that count. */
export function unauthorized(): ApiError {
  return new ApiError(401, "Unauthorized", "Unauthorized");
}

/** The verb is not served for this resource. */
export function methodNotAllowed(): ApiError {
  return new ApiError(
    405,
    "MethodNotAllowed",
    "the server does not allow this method on the requested resource",
    {},
  );
}

/** The body's media type is not supported. */
export function unsupportedMediaType(accepted: readonly string[]): ApiError {
  const message = `the body of the request was in an unknown format - accepted media types include: ${
    accepted.join(", ")
  }`;
  return new ApiError(415, "UnsupportedMediaType", message);
}

/** The requested version is older than the history that is kept. */
export function expired(message: string): ApiError {
  return new ApiError(410, "Expired", message);
}

/** An error of the server, without a reason. */
export function internal(message: string): ApiError {
  return new ApiError(500, undefined, message);
}

/** One error of a field. */
export interface FieldError {
  readonly field: string;
  /** Such as `FieldValueRequired`. */
  readonly reason: string;
  /** Without the field's name. */
  readonly message: string;
}

/** `Deployment.apps "x" is invalid: spec.selector: Required value`. */
export function invalid(what: Qualified, name: string, errors: readonly FieldError[]): ApiError {
  // The message names equal errors once; the causes keep them all.
  const texts = [...new Set(errors.map((e) => `${e.field}: ${e.message}`))];
  const joined = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
  const causes = errors.map((e) => ({ reason: e.reason, message: e.message, field: e.field }));
  const message = `${qualified(what)} "${name}" is invalid: ${joined}`;
  return new ApiError(422, "Invalid", message, details(what, name, { causes }));
}

/** A value as Go's `%q` or JSON shows it in messages. */
export function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "boolean") return String(value);
  return JSON.stringify(value ?? null);
}

function withDetail(head: string, detail: string): string {
  return detail === "" ? head : `${head}: ${detail}`;
}

/** The field is required. */
export function required(field: string, detail = ""): FieldError {
  return { field, reason: "FieldValueRequired", message: withDetail("Required value", detail) };
}

/** The field has a value it cannot have. */
export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { field, reason: "FieldValueInvalid", message: withDetail(`Invalid value: ${shown(value)}`, detail) };
}

/** The field's value is not one of a closed set. */
export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const detail = supported.length === 0 ? "" : `supported values: ${supported.map((v) => `"${v}"`).join(", ")}`;
  return {
    field,
    reason: "FieldValueNotSupported",
    message: withDetail(`Unsupported value: ${shown(value)}`, detail),
  };
}

/** The value occurs more than once. */
export function duplicate(field: string, value: unknown): FieldError {
  return { field, reason: "FieldValueDuplicate", message: `Duplicate value: ${shown(value)}` };
}

/** The field may not be set, or not be changed. */
export function forbiddenField(field: string, detail: string): FieldError {
  return { field, reason: "FieldValueForbidden", message: withDetail("Forbidden", detail) };
}

/** The value names something that does not exist. */
export function notFoundField(field: string, value: unknown): FieldError {
  return { field, reason: "FieldValueNotFound", message: `Not found: ${shown(value)}` };
}

/** The value is longer than `limitBytes`. */
export function tooLong(field: string, limitBytes: number): FieldError {
  return {
    field,
    reason: "FieldValueTooLong",
    message: `Too long: may not be more than ${limitBytes} bytes`,
  };
}
