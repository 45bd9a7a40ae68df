/**
 * Separates NOTES.txt from the other rendered files.
 *
 * Source: Helm 2.17.0, `renderResources` in `pkg/tiller/release_server.go`.
 *
 * @module
 */
import { compareBytes } from "../../lang/golang/mod.ts";

/** Rendered files without notes, and the notes. */
export interface Notes {
  /** Path → text of all other files. */
  readonly files: Readonly<Record<string, string>>;
  /** Not trimmed; empty when there are none. */
  readonly notes: string;
}

/**
 * Removes every file whose path ends in `NOTES.txt` and returns the notes. The
 * chart's own notes come first; with `subNotes` those of subcharts follow, by path.
 *
 * Helm 2 joins them in random order.
 */
export function takeNotes(rendered: Readonly<Record<string, string>>, chartName: string, subNotes: boolean): Notes {
  const own = `${chartName}/templates/NOTES.txt`;
  const files: Record<string, string> = {};
  const paths: string[] = [];
  for (const [path, text] of Object.entries(rendered)) {
    if (!path.endsWith("NOTES.txt")) files[path] = text;
    else if (subNotes || path === own) paths.push(path);
  }
  paths.sort((a, b) => Number(b === own) - Number(a === own) || compareBytes(a, b));
  let notes = "";
  for (const path of paths) {
    if (notes !== "") notes += "\n";
    notes += rendered[path] ?? "";
  }
  return { files, notes };
}
