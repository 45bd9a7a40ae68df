/**
 * Detects the media type of a file from its first bytes.
 *
 * Only used in messages about files that should be archives. The types are
 * those of Go's `http.DetectContentType`.
 *
 * @module
 */

/** Number of bytes that are examined. */
export const SNIFF_BYTES = 512;

const TAGS = "!DOCTYPE HTML|HTML|HEAD|SCRIPT|IFRAME|H1|DIV|FONT|TABLE|A|STYLE|TITLE|B|BODY|BR|P|!--";
const HTML = new RegExp(`^[\\t\\n\\f\\r ]*<(?:${TAGS})[ >]`, "i");

/** Patterns for bytes decoded as Latin-1, in the order they are tried. */
const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [HTML, "text/html; charset=utf-8"],
  [/^[\t\n\f\r ]*<\?xml/, "text/xml; charset=utf-8"],
  [/^%PDF-/, "application/pdf"],
  [/^%!PS-Adobe-/, "application/postscript"],
  [/^\xfe\xff/, "text/plain; charset=utf-16be"],
  [/^\xff\xfe/, "text/plain; charset=utf-16le"],
  [/^\xef\xbb\xbf/, "text/plain; charset=utf-8"],
  [/^\0\0[\x01\x02]\0/, "image/x-icon"],
  [/^BM/, "image/bmp"],
  [/^GIF8[79]a/, "image/gif"],
  [/^RIFF[^]{4}WEBPVP/, "image/webp"],
  [/^\x89PNG\r\n\x1a\n/, "image/png"],
  [/^\xff\xd8\xff/, "image/jpeg"],
  [/^\.snd/, "audio/basic"],
  [/^FORM[^]{4}AIFF/, "audio/aiff"],
  [/^ID3/, "audio/mpeg"],
  [/^OggS\0/, "application/ogg"],
  [/^MThd\0\0\0\x06/, "audio/midi"],
  [/^RIFF[^]{4}AVI /, "video/avi"],
  [/^RIFF[^]{4}WAVE/, "audio/wave"],
  [/^[^]{4}ftyp(?:mp4|[^]{8}(?:[^]{4})*?mp4)/, "video/mp4"],
  [/^\x1a\x45\xdf\xa3/, "video/webm"],
  [/^[^]{34}LP/, "application/vnd.ms-fontobject"],
  [/^\0\x01\0\0/, "font/ttf"],
  [/^OTTO/, "font/otf"],
  [/^ttcf/, "font/collection"],
  [/^wOFF/, "font/woff"],
  [/^wOF2/, "font/woff2"],
  [/^\x1f\x8b\x08/, "application/x-gzip"],
  [/^PK\x03\x04/, "application/zip"],
  [/^Rar!\x1a\x07(?:\0|\x01\0)/, "application/x-rar-compressed"],
  [/^\0asm/, "application/wasm"],
  [/^[\t\n\f\r ]*[^\0-\x08\x0b\x0e-\x1a\x1c-\x1f]*$/, "text/plain; charset=utf-8"],
];

/**
 * Returns the media type that the first bytes of a file suggest.
 *
 * Helm 2: a file shorter than 512 bytes is padded with zero bytes, so short
 * text is `application/octet-stream`.
 */
export function sniffContentType(data: Uint8Array): string {
  let text = "";
  for (const byte of data.subarray(0, SNIFF_BYTES)) text += String.fromCharCode(byte);
  text = text.padEnd(SNIFF_BYTES, "\0");
  for (const [pattern, type] of SIGNATURES) if (pattern.test(text)) return type;
  return "application/octet-stream";
}
