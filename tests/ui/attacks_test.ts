/** The server's checks, tried by other pages in the same browser. */
import { equal, match, notEqual, ok } from "node:assert/strict";
import { join } from "node:path";
import { EVIL } from "./_browser.ts";
import { seedShop } from "./_fleets.ts";
import { type Site, siteTest } from "./_site.ts";

/** A server of another origin that answers every path with `html`. */
function foreignServer(html: string): { readonly origin: string; readonly stop: () => Promise<void> } {
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    () => new Response(html, { headers: { "content-type": "text/html" } }),
  );
  return { origin: `http://127.0.0.1:${server.addr.port}`, stop: () => server.shutdown() };
}

/** Opens a page outside of the site in a tab of its own. */
async function elsewhere<T>(site: Site, url: string, look: (page: Site["page"]) => Promise<T>): Promise<T> {
  const context = await site.browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    return await look(page);
  } finally {
    await context.close();
  }
}

/** How a page asks. */
interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  readonly mode?: "no-cors";
}

/** Asks the API from a page; returns the status, or the error's name. */
async function asked(page: Site["page"], url: string, init: Asking): Promise<number | string> {
  return await page.evaluate(async ([url, init]) => {
    try {
      return (await fetch(url, init)).status;
    } catch (error) {
      return (error as Error).name;
    }
  }, [url, init] as const);
}

siteTest("attacks", seedShop, {
  "a name that is rebound to this machine gets 421 and nothing else": async ({ browser, served }) => {
    const { port } = new URL(served.origin);
    const page = await browser.newPage();
    for (const path of ["/", "/api/v1/releases", "/session"]) {
      const answer = await page.goto(`http://${EVIL}:${port}${path}`);
      equal(answer?.status(), 421, path);
      ok(!(await page.content()).includes("web-1.4.0"));
    }
    await page.close();
  },
  "a page of another origin gets no answer, with or without a token": async (site) => {
    const foreign = foreignServer("<h1>foreign</h1>");
    const url = `${site.served.origin}/api/v1/releases`;
    const token = (await site.page.evaluate(() => Object.values({ ...sessionStorage }))).find((value) =>
      value.length >= 40
    );
    await elsewhere(site, foreign.origin, async (page) => {
      for (const init of [{}, { headers: { authorization: `Bearer ${token}` } }, { mode: "no-cors" as const }]) {
        const answer = await asked(page, url, init);
        ok(answer === "TypeError" || answer === 0, `${JSON.stringify(init)}: ${answer}`);
      }
    });
    await foreign.stop();
  },
  "OPTIONS is 405 and no answer allows another origin": async ({ served }) => {
    for (const method of ["OPTIONS", "GET", "POST"]) {
      const answer = await fetch(`${served.origin}/api/v1/releases`, {
        method,
        headers: { origin: "http://elsewhere.example" },
      });
      await answer.body?.cancel();
      if (method === "OPTIONS") equal(answer.status, 405);
      notEqual(answer.status, 200);
      for (const [name] of answer.headers) ok(!name.startsWith("access-control-"), name);
    }
  },
  "the API answers nothing without a token": async ({ served }) => {
    const answer = await fetch(`${served.origin}/api/v1/releases`);
    equal(answer.status, 401);
    ok(!(await answer.text()).includes("web"));
  },
  "a start code works once": async (site) => {
    const context = await site.browser.newContext();
    const page = await context.newPage();
    await page.goto(site.served.startUrl);
    await page.waitForSelector("main h1");
    const text = await page.innerText("body");
    match(text, /no session/);
    ok(!text.includes("web-1.4.0"));
    equal(await page.evaluate(() => sessionStorage.length), 0);
    await context.close();
  },
  "a new tab has no session": async (site) => {
    const context = await site.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${site.served.origin}/`);
    await page.getByRole("heading", { name: "This tab has no session" }).waitFor();
    ok(!(await page.innerText("body")).includes("web-1.4.0"));
    await context.close();
  },
  "the page cannot be framed": async (site) => {
    const foreign = foreignServer(`<iframe src="${site.served.origin}/"></iframe>`);
    await elsewhere(site, foreign.origin, async (page) => {
      await page.waitForTimeout(300);
      const frame = page.frames()[1];
      ok(frame === undefined || !(await frame.content().catch(() => "")).includes("<main"));
    });
    await foreign.stop();
  },
  "a page in a file gets no answer": async (site) => {
    const file = join(site.folder, "attack.html");
    Deno.writeTextFileSync(file, "<h1>file</h1>");
    await elsewhere(site, `file://${file}`, async (page) => {
      equal(await asked(page, `${site.served.origin}/api/v1/releases`, {}), "TypeError");
      equal(await asked(page, `${site.served.origin}/session`, { method: "POST", body: "{}" }), "TypeError");
    });
  },
  "the tab keeps a token in its own storage, and no cookie": async (site) => {
    equal(await site.page.evaluate(() => document.cookie), "");
    equal((await site.page.context().cookies()).length, 0);
  },
});

siteTest("what the document is sent with", seedShop, {
  "the content security policy allows this origin's files and nothing else": async ({ page, served }) => {
    const answer = await page.request.get(`${served.origin}/`, { headers: { "sec-fetch-site": "none" } });
    const policy = answer.headers()["content-security-policy"] ?? "";
    for (const part of ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
      ok(policy.includes(part), part);
    }
    match(policy, /require-trusted-types-for 'script'/);
    match(policy, /trusted-types 'none'/);
    ok(!policy.includes("unsafe"));
    equal(answer.headers()["x-content-type-options"], "nosniff");
    equal(answer.headers()["referrer-policy"], "no-referrer");
    equal(answer.headers()["cross-origin-opener-policy"], "same-origin");
    equal(answer.headers()["cross-origin-resource-policy"], "same-origin");
  },
  "inline scripts and styles of a page do not run": async (site) => {
    site.expect(/Content Security Policy|TrustedHTML|TrustedScript/i);
    await site.page.evaluate(() => {
      const script = document.createElement("script");
      try {
        script.textContent = "window.hacked = 1";
        document.body.append(script);
      } catch {
        // refused by Trusted Types
      }
    });
    equal(await site.page.evaluate(() => (globalThis as { hacked?: number }).hacked), undefined);
  },
});
