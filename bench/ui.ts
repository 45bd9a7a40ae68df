/**
 * Measures the page of `skeg ui` in Chromium: paints, scrolling, the filter, sizes and memory with 10,000 rows, and the health of
 * 400 releases. Prints a table with medians.
 *
 *   deno task bundle && deno run -A --no-check bench/ui.ts [--runs 3] [--kubeconfig FILE] [--fleets DIR]
 *
 * With `--kubeconfig` it also measures the time from the start of the program to the first rows, on that cluster. Each run of that
 * has an empty cache of discovery, a new process and a new browser context. `--fleets` names a folder that keeps the fleets for the next
 * measurement; to make them takes a minute.
 *
 * @module
 */
import { existsSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { launch } from "../tests/ui/_browser.ts";
import { seedRecords, seedSmall } from "../tests/ui/_fleets.ts";
import { serve, type Served } from "../tests/ui/_served.ts";

const root = resolve(import.meta.dirname ?? ".", "..");
const { values: flags } = parseArgs({
  options: { runs: { type: "string", default: "3" }, kubeconfig: { type: "string" }, fleets: { type: "string" } },
});
const runs = Number(flags.runs);
const bundle = join(root, "dist", "modules", "skeg.js");
if (!existsSync(bundle)) throw new Error("there is no dist/modules: run deno task bundle first");
/** The command that ships, as far as it can run here: the split bundle, with the permissions of the compiled program. */
const program = [
  Deno.execPath(),
  "run",
  "--no-prompt",
  "--no-config",
  "--no-lock",
  "-A",
  "--unstable-worker-options",
  bundle,
];

/** One row of the table. */
interface Measure {
  readonly name: string;
  readonly target: string;
  readonly unit: string;
  readonly figures: number[];
}

const measures = new Map<string, Measure>();

function note(name: string, target: string, unit: string, figure: number): void {
  const known = measures.get(name) ?? { name, target, unit, figures: [] };
  known.figures.push(figure);
  measures.set(name, known);
}

function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] ?? 0 : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

function share(figures: readonly number[], part: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}

/** On a busy machine, everything takes longer. */
const WAIT_MS = 120_000;

/** Notes in the page when the first row is there. */
const WATCH_ROWS = `{
  const look = () => {
    if (document.querySelector("[role=row] .name a") === null) return;
    globalThis.rowsAt = performance.now();
    observer.disconnect();
  };
  const observer = new MutationObserver(look);
  observer.observe(document, { childList: true, subtree: true });
}`;

/** Times since the page's start, in milliseconds. */
interface Paints {
  readonly paint: number;
  readonly rows: number;
  /** How long the page waited for the list of the fleet. */
  readonly list: number;
}

/** Returns when the page was painted first, and when it had rows. */
async function paints(page: Page): Promise<Paints> {
  await page.waitForFunction(() => "rowsAt" in globalThis, undefined, { timeout: WAIT_MS });
  return await page.evaluate(() => {
    const asked = performance.getEntriesByType("resource").filter(({ name }) => /\/releases(\?|$)/.test(name));
    const { requestStart = 0, responseStart = 0 } = (asked[0] ?? {}) as {
      requestStart?: number;
      responseStart?: number;
    };
    return {
      paint: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
      rows: (globalThis as unknown as { rowsAt: number }).rowsAt,
      list: responseStart - requestStart,
    };
  });
}

async function newTab(browser: Browser): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.addInitScript(WATCH_ROWS);
  return { context, page };
}

/** All that section 6 of the page's plan has a target for, once. */
async function budget(browser: Browser, file: string): Promise<void> {
  const served = await serve({ file, program });
  const { context, page } = await newTab(browser);
  try {
    // The first visit reads the list of the fleet, so that it is at hand for all others.
    await page.goto(served.startUrl);
    await paints(page);
    const token = await page.evaluate(() => ({ ...sessionStorage }));
    await page.goto(`${served.origin}/?revisions=1`);
    await paints(page);
    const cold = await newTab(browser);
    await cold.page.addInitScript((kept) => {
      for (const [key, value] of Object.entries(kept)) sessionStorage.setItem(key, value);
    }, token);
    await cold.page.goto(`${served.origin}/?revisions=1`);
    const first = await paints(cold.page);
    note("first paint, cold", "250", "ms", first.paint);
    note("rows on screen with the list at hand, cold", "450", "ms", first.rows - first.list);
    note("… wait for the list of 10,000 revisions", "–", "ms", first.list);
    await cold.context.close();
    await page.reload();
    const again = await paints(page);
    note("first paint, warm", "100", "ms", again.paint);
    note("rows on screen with the list at hand, warm", "200", "ms", again.rows - again.list);
    await scrolling(page);
    await filtering(page);
    await memory(context, page);
    await sizes(page, served);
  } finally {
    await context.close();
    await served.stop();
  }
}

/** Scrolls by whole screens; returns the times between frames. Runs in the page. */
const SCROLL = `(async () => {
  const list = document.querySelector("[role=table]");
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const times = [];
  let last = await frame();
  for (let step = 0; step < 120; step++) {
    list.scrollTop += list.clientHeight;
    const now = await frame();
    times.push(now - last);
    last = now;
  }
  return times;
})()`;

async function scrolling(page: Page): Promise<void> {
  const frames = await page.evaluate<number[]>(SCROLL);
  note("scroll, p50", "16.7", "ms", share(frames, 0.5));
  note("scroll, p95", "70", "ms", share(frames, 0.95));
}

/** Notes the time from each key to the end of the next frame. Runs in the page. */
const WATCH_KEYS = `
  globalThis.keyTimes = [];
  document.addEventListener("keydown", () => {
    const from = performance.now();
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => globalThis.keyTimes.push(performance.now() - from);
      port2.postMessage(0);
    });
  }, { capture: true });`;

async function filtering(page: Page): Promise<void> {
  await page.evaluate(WATCH_KEYS);
  await page.locator("input[type=search]").first().focus();
  for (const key of "app-217") {
    await page.keyboard.press(key);
    await page.waitForTimeout(150);
  }
  note("filter key", "25", "ms", median(await page.evaluate<number[]>("globalThis.keyTimes")));
  await page.locator("input[type=search]").first().fill("");
}

async function memory(context: BrowserContext, page: Page): Promise<void> {
  const session = await context.newCDPSession(page);
  await session.send("HeapProfiler.collectGarbage");
  await session.send("Performance.enable");
  const { metrics } = await session.send("Performance.getMetrics");
  const bytes = metrics.find(({ name }) => name === "JSHeapUsedSize")?.value ?? 0;
  note("memory of the tab, 10,000 rows", "80", "MB", bytes / 1e6);
}

async function sizes(page: Page, served: Served): Promise<void> {
  const scripts = ["/lib/early.js", "/main.js"].map(async (path) => await (await fetch(served.origin + path)).bytes());
  const compressed = (await Promise.all(scripts)).map((script) => gzipSync(script, { level: 9 }).length);
  note("scripts, gzip", "45", "kB", compressed.reduce((sum, bytes) => sum + bytes, 0) / 1000);
  const bytes = await page.evaluate(async () => {
    const token = Object.values({ ...sessionStorage }).find((value) => value.length >= 40);
    const answer = await fetch("/api/v1/releases?all=1&revisions=1", { headers: { authorization: `Bearer ${token}` } });
    return (await answer.arrayBuffer()).byteLength;
  });
  note("fleet answer, 10,000 rows", "0.9", "MB", bytes / 1e6);
}

/** Shows the whole list, screen by screen; goes on when the health of all rows on screen is known. Runs in the page. */
const SHOW_ALL = `(async () => {
  const list = document.querySelector("[role=table]");
  const after = (ms) => new Promise((done) => setTimeout(done, ms));
  const isKnown = (row) => {
    const { top, bottom } = row.getBoundingClientRect();
    const { top: from, bottom: to } = list.getBoundingClientRect();
    return bottom < from || top > to || row.querySelector(".health .state") !== null;
  };
  for (;;) {
    while (![...list.querySelectorAll("[role=row][data-index]")].every(isKnown)) await after(20);
    const top = list.scrollTop;
    list.scrollTop += list.clientHeight * 0.8;
    if (list.scrollTop === top) return;
    await after(50);
  }
})()`;

/** Shows 400 releases screen by screen, until the health of each is known. */
async function health(browser: Browser, file: string): Promise<void> {
  const served = await serve({ file, program });
  const { context, page } = await newTab(browser);
  try {
    await page.goto(served.startUrl);
    await paints(page);
    const token = await page.evaluate(() => Object.values({ ...sessionStorage }).find((value) => value.length >= 40));
    const requests = async (): Promise<number> => {
      const headers = { authorization: `Bearer ${token}` };
      return (await (await fetch(`${served.origin}/api/v1/activity`, { headers })).json()).requests;
    };
    const asked: string[] = [];
    page.on("request", (request) => request.url().includes("/health") && asked.push(request.url()));
    await page.waitForTimeout(3000);
    const before = await requests();
    await page.reload();
    const started = performance.now();
    await paints(page);
    await page.evaluate(SHOW_ALL);
    note("health of 400 releases, each on screen", "–", "s", (performance.now() - started) / 1000);
    note("… requests of the page", "–", "", asked.length);
    note("… requests to the cluster", "–", "", await requests() - before);
  } finally {
    await context.close();
    await served.stop();
  }
}

/** From the start of the program to the first rows. */
async function start(browser: Browser, kubeconfig: string): Promise<void> {
  const home = Deno.makeTempDirSync({ prefix: "skeg-ui-home-" });
  const { context, page } = await newTab(browser);
  const started = performance.now();
  const served = await serve({ args: ["--kubeconfig", kubeconfig], program, home });
  try {
    const printed = performance.now();
    const opened = page.goto(served.startUrl);
    await page.waitForFunction(() => "rowsAt" in globalThis, undefined, { timeout: WAIT_MS });
    note("start to first rows, cold, real cluster", "1500", "ms", performance.now() - started);
    note("… until the address is printed", "–", "ms", printed - started);
    await opened;
  } finally {
    await context.close();
    await served.stop();
    Deno.removeSync(home, { recursive: true });
  }
}

function print(browser: Browser): void {
  const load = loadavg().map((each) => each.toFixed(1)).join(", ");
  const cores = navigator.hardwareConcurrency;
  // deno-lint-ignore no-console
  const say = console.log;
  say(
    `Chromium ${browser.version()}, ${cores} cores, load ${load}, medians of ${runs} runs (all figures in brackets)\n`,
  );
  say("| measure | target | median |\n|---|---|---|");
  for (const { name, target, unit, figures } of measures.values()) {
    const text = (figure: number): string => figure >= 100 ? figure.toFixed(0) : figure.toFixed(figure >= 10 ? 1 : 2);
    say(`| ${name} | ${target} ${unit} | ${text(median(figures))} ${unit} (${figures.map(text).join(", ")}) |`);
  }
}

const folder = flags.fleets ?? Deno.makeTempDirSync({ prefix: "skeg-ui-bench-" });
const browser = await launch();
try {
  Deno.mkdirSync(folder, { recursive: true });
  const [many, small] = [join(folder, "many.db"), join(folder, "small.db")];
  if (!existsSync(many)) await seedRecords(many, { releases: 400, revisions: 25 });
  if (!existsSync(small)) await seedSmall(small, 400);
  for (let run = 0; run < runs; run++) {
    await budget(browser, many);
    await health(browser, small);
    if (flags.kubeconfig !== undefined) await start(browser, flags.kubeconfig);
  }
  print(browser);
} finally {
  await browser.close();
  if (flags.fleets === undefined) Deno.removeSync(folder, { recursive: true });
}
