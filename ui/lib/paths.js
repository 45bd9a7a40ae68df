/**
 * Addresses as texts: making them, and taking them apart.
 *
 * @module
 */

/**
 * Returns an address of the page.
 *
 * @param {string | readonly (string | number)[]} path Encoded; or its parts, not encoded.
 * @param {Readonly<Record<string, string | number | undefined>>} [query] Empty fields are left out.
 * @returns {string}
 */
export function link(path, query = {}) {
  const whole = typeof path === "string" ? path : `/${path.map(encodeURIComponent).join("/")}`;
  const fields = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === "" ? [] : [`${name}=${readable(String(value))}`]
  );
  return fields.length === 0 ? whole : `${whole}?${fields.join("&")}`;
}

/**
 * Encodes a field, but leaves what people read in a filter.
 *
 * @param {string} text
 */
function readable(text) {
  return encodeURIComponent(text).replace(/%(3A|2F|2C|40)/g, decodeURIComponent).replaceAll("%20", "+");
}

/**
 * Returns the named parts of a path that fits a pattern, decoded; `undefined` if it does not fit.
 *
 * @param {string} pattern Such as `/r/:ctx/:ns/:name`.
 * @param {string} path
 * @returns {Record<string, string> | undefined}
 */
export function matched(pattern, path) {
  const wanted = pattern.split("/");
  const given = path.length > 1 ? path.replace(/\/$/, "").split("/") : path.split("/");
  if (wanted.length !== given.length) return undefined;
  /** @type {Record<string, string>} */
  const parts = {};
  for (const [at, part] of wanted.entries()) {
    const text = given[at] ?? "";
    if (!part.startsWith(":")) {
      if (part !== text) return undefined;
      continue;
    }
    try {
      parts[part.slice(1)] = decodeURIComponent(text);
    } catch {
      return undefined;
    }
  }
  return parts;
}
