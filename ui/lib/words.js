/**
 * Words of command lines.
 *
 * @module
 */

/**
 * Returns a word of a command line, quoted where a shell needs it.
 *
 * @param {string | number} text
 * @returns {string}
 */
export function word(text) {
  const plain = String(text);
  return /^[\w@%+=:,./-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}
