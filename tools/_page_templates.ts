/**
 * Makes the page's templates smaller for the bundle: htm drops the white space at the ends of a text anyway, and takes
 * `<//>` for the end of any element.
 *
 * @module
 */

/** A place in the source, and what was written so far. */
interface Scan {
  readonly source: string;
  at: number;
  out: string;
}

/** Returns the source of a module with its ``html`…` `` templates made smaller. */
export function smallTemplates(source: string): string {
  const scan: Scan = { source, at: 0, out: "" };
  code(scan, false);
  return scan.out;
}

/** Copies code up to its end; with `isInside` up to the `}` that ends an expression of a template. */
function code(scan: Scan, isInside: boolean): void {
  for (let depth = 0; scan.at < scan.source.length;) {
    const rest = scan.source.slice(scan.at, scan.at + 5);
    if (rest.startsWith("\\")) copy(scan, 2);
    else if (rest.startsWith("/*")) copyThrough(scan, "*/");
    else if (rest.startsWith("//")) copyThrough(scan, "\n");
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

/** Copies a template that is not one of elements. */
function text(scan: Scan): void {
  copy(scan, 1);
  while (scan.at < scan.source.length && scan.source[scan.at] !== "`") {
    if (scan.source.startsWith("${", scan.at)) expression(scan);
    else copy(scan, scan.source[scan.at] === "\\" ? 2 : 1);
  }
  copy(scan, 1);
}

function expression(scan: Scan): void {
  copy(scan, 2);
  code(scan, true);
  copy(scan, 1);
}

/** Copies a template of elements; its static parts get smaller. */
function template(scan: Scan): void {
  copy(scan, "html`".length);
  let part = "";
  let isTag = false;
  for (;;) {
    const character = scan.source[scan.at];
    const ends = character === undefined || character === "`" || scan.source.startsWith("${", scan.at);
    if (!ends) {
      part += scan.source[scan.at++];
      continue;
    }
    [scan.out, isTag] = [scan.out + smallPart(part, isTag), endsInTag(part, isTag)];
    part = "";
    if (character !== "$") return copy(scan, 1);
    expression(scan);
  }
}

/** True if a part of a template ends inside of a tag. */
function endsInTag(part: string, isTag: boolean): boolean {
  const [open, close] = [part.lastIndexOf("<"), part.lastIndexOf(">")];
  return open === close ? isTag : open > close;
}

/** Returns a static part with less white space and short ends of elements. */
function smallPart(part: string, isTag: boolean): string {
  return part.split(/(<[^<>]*>?)/).map((piece, at) => {
    if (at % 2 === 1) {
      return piece.replace(/^<\/[\w.-]+\s*>$/, "<//>").replace(/\s*\n\s*/g, " ").replace(/ ?(\/?)>$/, "$1>");
    }
    if (at > 0 || !isTag) return smallText(piece);
    // The rest of a tag that an expression stands in, and the text after it.
    const end = piece.indexOf(">");
    const tag = (end < 0 ? piece : piece.slice(0, end)).replace(/\s*\n\s*/g, " ");
    return end < 0 ? tag : `${tag.replace(/ (\/?)$/, "$1")}>${smallText(piece.slice(end + 1))}`;
  }).join("");
}

/** Returns a text as htm takes it. */
function smallText(piece: string): string {
  return piece.replace(/^\s*\n\s*|\s*\n\s*$/g, "").replace(/\s*\n\s*/g, " ");
}
