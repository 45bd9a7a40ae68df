/**
 * Tests for names, labels and keys. Each returns what is wrong, in the words of kube-apiserver.
 *
 * Source: `apimachinery/pkg/util/validation/validation.go`.
 *
 * @module
 */
import { Buffer } from "node:buffer";

/** Returns what is wrong with a text; empty when it is valid. */
export type NameTest = (text: string) => string[];

const LABEL = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const LABEL_1035 = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const LABEL_VALUE = `(${QUALIFIED})?`;

function tooLong(limit: number): string {
  return `must be no more than ${limit} characters`;
}

function form(message: string, expression: string, ...examples: string[]): string {
  if (examples.length === 0) return `${message} (regex used for validation is '${expression}')`;
  // `RegexError` joins its examples with a comma too many; the message has it.
  const eg = examples.map((example) => `'${example}', `).join(" or ");
  return `${message} (e.g. ${eg}regex used for validation is '${expression}')`;
}

function fits(text: string, expression: string): boolean {
  return new RegExp(`^(?:${expression})$`).test(text);
}

/** Lengths are limited in bytes, as Go's `len` counts. */
function sized(text: string): number {
  return Buffer.byteLength(text);
}

/** A label of RFC 1123, such as a namespace's name. */
export function dnsLabel(text: string): string[] {
  const errors = sized(text) > 63 ? [tooLong(63)] : [];
  if (fits(text, LABEL)) return errors;
  if (fits(text, SUBDOMAIN)) return [...errors, "must not contain dots"];
  return [
    ...errors,
    form(
      "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', " +
        "and must start and end with an alphanumeric character",
      LABEL,
      "my-name",
      "123-abc",
    ),
  ];
}

/** A subdomain of RFC 1123: the name of most objects. */
export function dnsSubdomain(text: string): string[] {
  const errors = sized(text) > 253 ? [tooLong(253)] : [];
  if (fits(text, SUBDOMAIN)) return errors;
  return [
    ...errors,
    form(
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', " +
        "and must start and end with an alphanumeric character",
      SUBDOMAIN,
      "example.com",
    ),
  ];
}

/** A subdomain whose first label may be `*`. */
export function wildcardSubdomain(text: string): string[] {
  const errors = sized(text) > 253 ? [tooLong(253)] : [];
  if (fits(text, `\\*\\.${SUBDOMAIN}`)) return errors;
  return [
    ...errors,
    form(
      "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of " +
        "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character",
      `\\*\\.${SUBDOMAIN}`,
      "*.example.com",
    ),
  ];
}

/** A label of RFC 1035: the name of a Service. */
export function dns1035Label(text: string): string[] {
  const errors = sized(text) > 63 ? [tooLong(63)] : [];
  if (fits(text, LABEL_1035)) return errors;
  return [
    ...errors,
    form(
      "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic " +
        "character, and end with an alphanumeric character",
      LABEL_1035,
      "my-name",
      "abc-123",
    ),
  ];
}

/** Anything that can be one part of a path: names of roles and bindings. */
export function pathSegment(text: string): string[] {
  if (text === "." || text === "..") return [`may not be '${text}'`];
  return ["/", "%"].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
}

/** A key with an optional domain: of labels, annotations, finalizers. */
export function qualifiedName(text: string): string[] {
  // The prefix is a DNS subdomain; the name is looser than a label and may have capitals.
  const parts = text.split("/");
  const words = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an " +
    "alphanumeric character";
  const examples = ["MyName", "my.name", "123-abc"];
  if (parts.length > 2) {
    return [
      `a qualified name ${form(words, QUALIFIED, ...examples)} with an optional DNS subdomain prefix and '/' ` +
      "(e.g. 'example.com/MyName')",
    ];
  }
  const errors: string[] = [];
  const name = parts.length === 2 ? parts[1] ?? "" : text;
  if (parts.length === 2) {
    if (parts[0] === "") errors.push("prefix part must be non-empty");
    else errors.push(...dnsSubdomain(parts[0] ?? "").map((message) => `prefix part ${message}`));
  }
  if (name === "") errors.push("name part must be non-empty");
  else if (sized(name) > 63) errors.push(`name part ${tooLong(63)}`);
  if (!fits(name, QUALIFIED)) errors.push(`name part ${form(words, QUALIFIED, ...examples)}`);
  return errors;
}

/** The value of a label. */
export function labelValue(text: string): string[] {
  const errors = sized(text) > 63 ? [tooLong(63)] : [];
  if (fits(text, LABEL_VALUE)) return errors;
  return [
    ...errors,
    form(
      "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start " +
        "and end with an alphanumeric character",
      LABEL_VALUE,
      "MyValue",
      "my_value",
      "12345",
    ),
  ];
}

/** A key of a ConfigMap or a Secret. */
export function configKey(text: string): string[] {
  const errors = sized(text) > 253 ? [tooLong(253)] : [];
  if (!fits(text, "[-._a-zA-Z0-9]+")) {
    errors.push(
      form(
        "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
        "[-._a-zA-Z0-9]+",
        "key.name",
        "KEY_NAME",
        "key-name",
      ),
    );
  }
  // Keys become names of files in a mounted volume, where these have a meaning.
  if (text === ".") errors.push("must not be '.'");
  else if (text === "..") errors.push("must not be '..'");
  else if (text.startsWith("..")) errors.push("must not start with '..'");
  return errors;
}

/** The name of an environment variable. */
export function variableName(text: string): string[] {
  if (text === "") return ["environment variable name must be non-empty"];
  const printable = /^[\x20-\x3c\x3e-\x7e]+$/.test(text);
  return printable
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

/** The name of a port: a service name of IANA. */
export function portName(text: string): string[] {
  const errors: string[] = [];
  if (sized(text) > 15) errors.push(tooLong(15));
  if (!/^[-a-z0-9]+$/.test(text)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
  if (!/[a-z]/.test(text)) errors.push("must contain at least one letter (a-z)");
  if (text.includes("--")) errors.push("must not contain consecutive hyphens");
  if (text.startsWith("-") || text.endsWith("-")) errors.push("must not begin or end with a hyphen");
  return errors;
}

/** The number of a port. */
export function portNumber(port: number): string[] {
  return port >= 1 && port <= 65535 ? [] : ["must be between 1 and 65535, inclusive"];
}
