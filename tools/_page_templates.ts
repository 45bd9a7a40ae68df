/**
 * Turns the page's templates into calls for the bundle: ``html`<p class="a">${b}</p>` `` becomes `html("p",{class:"a"},b)`. The
 * page is smaller that way, and the browser reads no templates.
 *
 * htm itself reads them here, so that both give the same elements.
 *
 * @module
 */
import htm from "npm:htm@3.1.1";

/** A place in the source, and what was written so far. */
interface Scan {
  readonly source: string;
  at: number;
  out: string;
}

/** An expression of a template. As text it stands between two marks. */
class Code {
  constructor(readonly text: string) {}

  toString(): string {
    return `\u0001${this.text}\u0002`;
  }
}

/**
 * Returns the source of a module without its templates.
 *
 * @throws an error for a template with an escape outside of its expressions, or with `...` before one.
 */
export function withoutTemplates(source: string): string {
  const scan: Scan = { source, at: 0, out: "" };
  code(scan, false);
  return scan.out;
}

/**
 * Returns the source of `ui/routes.js` with all pages imported at once: in one script nothing is loaded late, and modules that
 * might be would need functions around them.
 */
export function withEarlyPages(source: string): string {
  const imports: string[] = [];
  const rest = source.replace(/\(\) => import\(("[^"]+")\)/g, (_, path) => {
    const name = `page${imports.length}`;
    imports.push(`import ${name} from ${path};\n`);
    return `early(${name})`;
  });
  return `${imports.join("")}const early = (page) => page;\n${rest}`;
}

/** The line of `ui/lib/h.js` that binds htm. */
const BINDING = /import htm from "htm";\n|\/\*\* @type \{any\} \*\/ \(htm\)\.bind\((?=element\))/g;

/**
 * Returns the source of `ui/lib/h.js` without htm: `html` is the function that makes an element.
 *
 * @throws an error when the module is not as it was.
 */
export function withoutHtm(source: string): string {
  if (source.match(BINDING)?.length !== 2) {
    throw new Error("ui/lib/h.js does not bind htm as tools/_page_templates.ts expects");
  }
  return source.replace(BINDING, (found) => found.startsWith("import") ? "" : "(");
}

/** Copies code up to its end; with `isInside` up to the `}` that ends an expression of a template. */
function code(scan: Scan, isInside: boolean): void {
  for (let depth = 0; scan.at < scan.source.length;) {
    const rest = scan.source.slice(scan.at, scan.at + "html`".length);
    if (rest.startsWith("\\")) copy(scan, 2);
    else if (rest.startsWith("/*")) copyThrough(scan, "*/");
    else if (rest.startsWith("//")) copyThrough(scan, "\n");
    else if (rest[0] === "/" && beginsRegex(scan.out)) regex(scan);
    else if (rest[0] === '"' || rest[0] === "'") quoted(scan, rest[0]);
    else if (rest === "html`") template(scan);
    else if (rest[0] === "`") text(scan);
    else {
      if (rest[0] === "{") depth++;
      if (rest[0] === "}" && depth-- === 0 && isInside) return;
      copy(scan, 1);
    }
  }
}

/** Copies `count` characters. */
function copy(scan: Scan, count: number): void {
  scan.out += scan.source.slice(scan.at, scan.at + count);
  scan.at += count;
}

function copyThrough(scan: Scan, end: string): void {
  const at = scan.source.indexOf(end, scan.at + 2);
  copy(scan, (at < 0 ? scan.source.length : at + end.length) - scan.at);
}

function quoted(scan: Scan, quote: string): void {
  copy(scan, 1);
  while (scan.at < scan.source.length && scan.source[scan.at] !== quote) {
    copy(scan, scan.source[scan.at] === "\\" ? 2 : 1);
  }
  copy(scan, 1);
}

/** True if a slash after this code begins a regular expression: after a value, it is a division. */
function beginsRegex(before: string): boolean {
  return /(?:^|[(,=:[!&|?{};>]|\breturn)\s*$/.test(before.slice(-40));
}

function regex(scan: Scan): void {
  copy(scan, 1);
  for (let isClass = false; scan.at < scan.source.length;) {
    const character = scan.source[scan.at];
    if (character === "/" && !isClass) break;
    if (character === "[") isClass = true;
    if (character === "]") isClass = false;
    copy(scan, character === "\\" ? 2 : 1);
  }
  copy(scan, 1);
}

/** Copies a template that is not one of elements. */
function text(scan: Scan): void {
  copy(scan, 1);
  while (scan.at < scan.source.length && scan.source[scan.at] !== "`") {
    if (!scan.source.startsWith("${", scan.at)) {
      copy(scan, scan.source[scan.at] === "\\" ? 2 : 1);
      continue;
    }
    copy(scan, 2);
    code(scan, true);
    copy(scan, 1);
  }
  copy(scan, 1);
}

/** Writes a template of elements as calls. */
function template(scan: Scan): void {
  scan.at += "html`".length;
  const parts = [""];
  const expressions: Code[] = [];
  while (scan.source[scan.at] !== "`") {
    if (scan.source.startsWith("${", scan.at)) {
      const inner: Scan = { source: scan.source, at: scan.at + 2, out: "" };
      code(inner, true);
      scan.at = inner.at + 1;
      expressions.push(new Code(inner.out.trim()));
      if (parts.at(-1)?.endsWith("...")) throw new Error("a template of the page spreads properties");
      parts.push("");
    } else {
      const character = scan.source[scan.at++] ?? "\\";
      if (character === "\\") throw new Error("a template of the page has an escape, or no end");
      parts[parts.length - 1] += character;
    }
  }
  scan.at++;
  const made = calls(Object.assign([...parts], { raw: parts }), ...expressions);
  scan.out += Array.isArray(made) ? `[${made.map(written).join(",")}]` : written(made);
}

/** Reads a template, and returns its elements as calls. */
const calls =
  (htm as unknown as { bind(make: typeof call): (parts: TemplateStringsArray, ...values: Code[]) => unknown })
    .bind(call);

function call(type: unknown, props: Readonly<Record<string, unknown>> | null, ...children: readonly unknown[]): Code {
  // The page has no forms, where a button would have another type.
  const isPlain = ([name, value]: readonly [string, unknown]): boolean => name === "type" && value === "button";
  const own = Object.entries(props ?? {}).filter((each) => type !== "button" || !isPlain(each));
  const names = own.map(([name, value]) => `${/^\w+$/.test(name) ? name : JSON.stringify(name)}:${written(value)}`);
  const given = own.length === 0 ? "null" : `{${names.join(",")}}`;
  const inside = children.map((child) =>
    `,${written(typeof child === "string" ? child.replace(/\s*\n\s*/g, " ") : child)}`
  );
  return new Code(
    `html(${written(type)}${given === "null" && inside.length === 0 ? "" : `,${given}`}${inside.join("")})`,
  );
}

/** Returns the code of a value of a template; a text may have expressions in it. */
function written(value: unknown): string {
  if (value instanceof Code) return value.text;
  if (typeof value !== "string" || !value.includes("\u0001")) return String(JSON.stringify(value));
  const pieces = value.split(/(\u0001[^\u0002]*\u0002)/).filter((piece) => piece !== "");
  return pieces.map((piece) => piece.startsWith("\u0001") ? `(${piece.slice(1, -1)})` : JSON.stringify(piece)).join(
    "+",
  );
}
