/**
 * Writes XML as Go's `encoding/xml` does, indented by tabs.
 *
 * @module
 */

/** An element. An attribute or child that is `undefined` is left out. */
export interface XmlElement {
  /** Its name. */
  readonly name: string;
  /** Attributes in order. */
  readonly attributes?: Readonly<Record<string, string | number | undefined>> | undefined;
  /** Elements inside. */
  readonly children?: readonly (XmlElement | undefined)[] | undefined;
  /** Text inside. */
  readonly text?: string | undefined;
  /** Text inside, in a CDATA section; an empty one has none. */
  readonly cdata?: string | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  "\t": "&#x9;",
  "\n": "&#xA;",
  "\r": "&#xD;",
};

function escaped(text: string): string {
  return text.toWellFormed().replace(/["'&<>\t\n\r]/g, (char) => ESCAPES[char] ?? char)
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd");
}

/** A section cannot contain its own end. */
function cdataOf(text: string): string {
  return text === "" ? "" : `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;
}

function lines(element: XmlElement, indent: string): string {
  const { name, attributes = {}, children = [], text, cdata } = element;
  const open = Object.entries(attributes).filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${escaped(`${value}`)}"`).join("");
  const inner = children.filter((child) => child !== undefined).map((child) => lines(child, `${indent}\t`));
  const body = text !== undefined ? escaped(text) : cdata !== undefined ? cdataOf(cdata) : "";
  if (inner.length === 0) return `${indent}<${name}${open}>${body}</${name}>`;
  return `${indent}<${name}${open}>${body}\n${inner.join("\n")}\n${indent}</${name}>`;
}

/** Returns a document without an XML declaration, with a final line break. */
export function xmlText(root: XmlElement): string {
  return `${lines(root, "")}\n`;
}
