/**
 * Describes how far the text of a damaged record can be read. Never throws.
 *
 * @module
 */
import { countText } from "./states.ts";

/** Returns sentences about the layers of a record: base64, gzip. */
export function describeDamage(text: string): string[] {
  if (text === "") return ["it is missing or empty"];
  const [valid = ""] = /^[A-Za-z0-9+/]*={0,2}/.exec(text.replaceAll(/[\r\n]/g, "")) ?? [];
  const found = [`${countText(text.length, "character")}, of which the first ${valid.length} are base64`];
  const header = headerOf(valid);
  if (header.length > 0) {
    const hex = [...header].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const isGzip = header[0] === 0x1f && header[1] === 0x8b && header[2] === 8;
    found.push(
      `it begins with the bytes ${hex}${isGzip ? ", the header of gzip" : ", which are not the header of gzip"}`,
    );
  }
  return found;
}

function headerOf(valid: string): Uint8Array {
  const whole = valid.slice(0, 16).replaceAll("=", "");
  try {
    return Uint8Array.fromBase64(whole.slice(0, whole.length - whole.length % 4)).subarray(0, 4);
  } catch {
    return new Uint8Array();
  }
}
