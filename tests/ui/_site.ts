/**
 * Stories of the pages: a fleet, the program that shows it, and a tab of a browser that has a session.
 *
 * Every story fails when the page asked anything of another address, when it broke its own content security policy, when it
 * threw, or when a secret of the fleet reached it.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { type Outcome, program } from "../_lib/program.ts";
import { CHROMIUM, launch } from "./_browser.ts";
import { CANARY } from "./_shop_charts.ts";
import { serve, type Served } from "./_served.ts";

/** The things that a story works with. */
export interface Site {
  readonly browser: Browser;
  readonly served: Served;
  readonly page: Page;
  /** Folder of the fleet; the state file is `state.db`. */
  readonly folder: string;
  /** Opens a page of the site and waits until it has its data. */
  readonly go: (path: string) => Promise<void>;
  /** Waits until the page has its data. */
  readonly settled: () => Promise<void>;
  /** Returns the visible text of the page's elements that match; default: of `main`. */
  readonly text: (selector?: string) => Promise<string>;
  /** Asks the API with the tab's session. */
  readonly api: (path: string, init?: { readonly method?: string; readonly body?: unknown }) => Promise<unknown>;
  /** Runs a command line on the same fleet. */
  readonly skeg: (...argv: string[]) => Promise<Outcome>;
  /** Requests that the page has made, as `METHOD URL`. */
  readonly requests: readonly string[];
  /** Messages that a story expects in the browser's console, such as that of a refused request. */
  readonly expect: (message: RegExp) => void;
}

/** Stories by name. */
export type Stories = Readonly<Record<string, (site: Site) => Promise<void>>>;

/** Options of {@linkcode siteTest}. */
export interface SiteOptions {
  /** Arguments of `ui`, such as `--allow-write`. */
  readonly args?: readonly string[];
  /** Writes more files beside the state file before the program starts. */
  readonly prepare?: (folder: string) => Promise<void> | void;
}

/** Declares stories on one fleet; they run one after another in one tab. */
export function siteTest(
  name: string,
  seed: (file: string) => Promise<void>,
  stories: Stories,
  options: SiteOptions = {},
): void {
  Deno.test({
    name: `pages: ${name}`,
    ignore: CHROMIUM === undefined,
    // The browser's connection stays open between stories.
    sanitizeOps: false,
    sanitizeResources: false,
    fn: async (test) => {
      await withSite(seed, options, async (open) => {
        for (const [story, play] of Object.entries(stories)) {
          await test.step(story, async () => {
            open.watch.begin();
            await play(open.site);
            await open.watch.check();
          });
        }
      });
    },
  });
}

/** A site, and what is noticed during a story. */
export interface OpenSite {
  readonly site: Site;
  readonly watch: Watch;
}

/** Seeds a fleet, starts the program and the browser, and ends them after `play`. */
export async function withSite(
  seed: (file: string) => Promise<void>,
  options: SiteOptions,
  play: (open: OpenSite) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "skeg-ui-" });
  const file = join(folder, "state.db");
  let served: Served | undefined, browser: Browser | undefined;
  try {
    await seed(file);
    await options.prepare?.(folder);
    served = await serve({ file, args: options.args });
    browser = await launch();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, serviceWorkers: "block" });
    await play(await openSite(browser, context, served, folder));
  } finally {
    await browser?.close();
    await served?.stop();
    await Deno.remove(folder, { recursive: true });
  }
}

/** The most that anything on a page may take. */
const WAIT_MS = 15_000;

async function openSite(browser: Browser, context: BrowserContext, served: Served, folder: string): Promise<OpenSite> {
  const page = await context.newPage();
  page.setDefaultTimeout(WAIT_MS);
  const watch = new Watch(page, served.origin);
  const settled = () => waitForData(page);
  const token = await openSession(page, served.startUrl);
  const site: Site = {
    browser,
    served,
    page,
    folder,
    settled,
    requests: watch.requests,
    expect: (message) => watch.expected.push(message),
    go: async (path) => {
      await page.goto(served.origin + path);
      await settled();
    },
    text: async (selector = "main") => (await page.locator(selector).allInnerTexts()).join("\n"),
    api: async (path, { method = "GET", body } = {}) => {
      const answer = await fetch(`${served.origin}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...body === undefined ? {} : { body: JSON.stringify(body) },
      });
      const text = await answer.text();
      ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
      return JSON.parse(text);
    },
    skeg: (...argv) =>
      program([...argv, `--sandbox=${join(folder, "state.db")}`], {
        variables: { HELM_HOME: join(folder, "helm"), HOME: folder },
        own: true,
      }),
  };
  return { site, watch };
}

/** Opens the address that the program printed; returns the session's token. */
export async function openSession(page: Page, startUrl: string): Promise<string> {
  await page.goto(startUrl);
  await waitForData(page);
  const stored = await page.evaluate(() => Object.values({ ...sessionStorage }));
  const token = stored.find((value) => /^[A-Za-z0-9_-]{40,}$/.test(value));
  ok(token !== undefined, "the tab keeps the session's token");
  equal(new URL(page.url()).hash, "", "the start code is gone from the address");
  return token;
}

/** Waits until the page has what it reads. */
export async function waitForData(page: Page): Promise<void> {
  await page.waitForSelector("main h1");
  await page.waitForFunction(() =>
    document.querySelector("main .waiting, [aria-busy=true]") === null &&
    ![...document.querySelectorAll(".health-line")].some((line) => line.textContent?.includes("…"))
  );
}

/** Notices what a page must not do. */
export class Watch {
  readonly requests: string[] = [];
  readonly expected: RegExp[] = [];
  readonly #problems: string[] = [];
  readonly #bodies: Promise<void>[] = [];

  constructor(page: Page, origin: string) {
    page.on("request", (request) => {
      this.requests.push(`${request.method()} ${request.url()}`);
      const { protocol, origin: to } = new URL(request.url());
      if (to !== origin && protocol !== "data:") this.#problems.push(`request to ${request.url()}`);
    });
    page.on("pageerror", (error) => this.#problems.push(`thrown: ${error.message}`));
    page.on("console", (message) => {
      // Refused requests are noticed by their answers.
      if (message.text().startsWith("Failed to load resource")) return;
      if (message.type() === "error" || /Content Security Policy|Trusted Type/i.test(message.text())) {
        this.#problems.push(`console: ${message.text()}`);
      }
    });
    page.on("dialog", (dialog) => {
      this.#problems.push(`dialog: ${dialog.message()}`);
      dialog.dismiss().catch(() => {});
    });
    page.on("response", (response) => {
      if (response.status() >= 400) this.#problems.push(`answer ${response.status()} to ${response.url()}`);
      // A body is gone when the tab has left the page or ended the request.
      this.#bodies.push(response.text().then((text) => this.#look(response.url(), text), () => {}));
    });
    this.#page = page;
  }
  readonly #page: Page;

  #look(place: string, text: string): void {
    for (const secret of [CANARY, btoa(CANARY)]) {
      if (text.includes(secret)) this.#problems.push(`a secret in ${place}`);
    }
  }

  /** Forgets what was noticed before. */
  begin(): void {
    this.requests.length = 0;
    this.expected.length = 0;
    this.#problems.length = 0;
  }

  /** Fails when something was noticed. */
  async check(): Promise<void> {
    const page = this.#page;
    this.#look("the document", await page.content());
    const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    this.#look("the tab's storage", stored);
    // Streams stay open as long as their page.
    await Promise.race([Promise.all(this.#bodies), new Promise((resolve) => setTimeout(resolve, 200))]);
    const problems = this.#problems.filter((problem) => !this.expected.some((message) => message.test(problem)));
    this.#problems.length = 0;
    deepEqual(problems, []);
  }
}
