/**
 * JSON text into values, with the keys that stand there.
 *
 * The engine guesses a key from objects that it saw before: after a key that
 * ends in a backslash was read somewhere, `\"`, `\n` or any other escape at
 * that place of a like object is read as a backslash. So keys with escapes
 * are read apart from their objects.
 *
 * Source: V8's bug 521080746, told in Node's issue 63785; V8 15.0 has it.
 *
 * @module
 */

/** A key of the text that has an escape: where it stands with its quotes, and what it says. */
interface EscapedKey {
  readonly start: number;
  readonly end: number;
  readonly key: string;
}

/** What can only be written with an escape. */
// deno-lint-ignore no-control-regex
const NEEDS_ESCAPE = /["\\\x00-\x1f]/;
/** A character for private use; stand-ins for keys begin with more of them in a row than there are anywhere. */
const MARK = "\ue000";
const MARKS = /\ue000+/g;

/**
 * Does what `JSON.parse` should.
 *
 * @param parse Reads a text whose keys have no escapes, and refuses what is not JSON; default: `JSON.parse`.
 * @throws SyntaxError as that does.
 */
export function parseJson(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  const parsed: unknown = parse(text);
  const keys = text.includes("\\") ? escapedKeys(text) : [];
  if (keys.length === 0) return parsed;
  const { plain, names } = withoutEscapes(text, keys);
  return renamed(parse(plain), names);
}

/** The keys with escapes of a text that is JSON, in one walk from string to string. */
function escapedKeys(text: string): EscapedKey[] {
  const keys: EscapedKey[] = [];
  let escape = text.indexOf("\\");
  for (let start = text.indexOf('"'); start >= 0 && escape >= 0;) {
    let end = text.indexOf('"', start + 1);
    const isEscaped = escape < end;
    while (escape >= 0 && escape < end) {
      // The quote may be what is escaped.
      if (escape === end - 1) end = text.indexOf('"', end + 1);
      escape = text.indexOf("\\", escape + 2);
    }
    if (isEscaped && isKey(text, end + 1)) {
      keys.push({ start, end: end + 1, key: JSON.parse(text.slice(start, end + 1)) as string });
    }
    start = text.indexOf('"', end + 1);
  }
  return keys;
}

function isKey(text: string, at: number): boolean {
  while (/[ \t\r\n]/.test(text[at] ?? "")) at++;
  return text[at] === ":";
}

/** The text with keys written plainly, and with stand-ins for those that cannot be. */
function withoutEscapes(text: string, keys: readonly EscapedKey[]): { plain: string; names: Map<string, string> } {
  const mark = MARK.repeat(1 + Math.max(longestRun(text), ...new Set(keys.map(({ key }) => longestRun(key)))));
  const standIns = new Map<string, string>();
  const parts: string[] = [];
  let at = 0;
  for (const { start, end, key } of keys) {
    let name = key;
    if (NEEDS_ESCAPE.test(key)) {
      name = standIns.get(key) ?? `${mark}${standIns.size}`;
      standIns.set(key, name);
    }
    parts.push(text.slice(at, start), `"${name}"`);
    at = end;
  }
  parts.push(text.slice(at));
  return { plain: parts.join(""), names: new Map([...standIns].map(([key, name]) => [name, key])) };
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(MARKS)) longest = Math.max(longest, run.length);
  return longest;
}

/** Gives the keys of all objects their names, in place and in order. */
function renamed(root: unknown, names: ReadonlyMap<string, string>): unknown {
  const rest: unknown[] = [root];
  for (let value = rest.pop(); value !== undefined; value = rest.pop()) {
    if (typeof value !== "object" || value === null) continue;
    for (const child of Object.values(value)) {
      if (typeof child === "object" && child !== null) rest.push(child);
    }
    if (Array.isArray(value) || !Object.keys(value).some((key) => names.has(key))) continue;
    for (const [key, child] of Object.entries(value)) {
      Reflect.deleteProperty(value, key);
      const property = { value: child, writable: true, enumerable: true, configurable: true };
      Object.defineProperty(value, names.get(key) ?? key, property);
    }
  }
  return root;
}
