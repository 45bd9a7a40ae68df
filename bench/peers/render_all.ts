/**
 * Renders every chart of a folder in one process, through the library:
 *
 *   deno run -R bench/peers/render_all.ts DIR…
 *
 * Prints how many charts could and could not be rendered with their defaults.
 *
 * @module
 */
import { loadChart, renderChart } from "../../mod.ts";

let rendered = 0, failed = 0, sizeChars = 0;
for (const path of Deno.args) {
  try {
    for (const text of Object.values(await renderChart(await loadChart(path)))) sizeChars += text.length;
    rendered++;
  } catch {
    failed++;
  }
}
Deno.stdout.writeSync(
  new TextEncoder().encode(`${rendered} rendered, ${failed} not, ${sizeChars} characters\n`),
);
