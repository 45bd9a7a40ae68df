/**
 * The ways of installing that the documents show, with the packed package in a registry on this machine, and with files
 * of a release on a server on this machine. What brew, scoop, docker and gh do needs what is published.
 */
import { equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { basename, join } from "node:path";
import { blocksOf } from "../docs/_blocks.ts";
import { withServer } from "../_lib/chart_server.ts";
import { PACKAGE, ROOT, run } from "./_project.ts";

const ignore = PACKAGE === undefined || Deno.build.os === "windows";

/** Returns the lines of the documents' blocks that need a published version. */
async function publishedLines(path: string): Promise<string[]> {
  const blocks = blocksOf(await Deno.readTextFile(join(ROOT, path)));
  return blocks.filter(({ language, words }) => language === "sh" && words.includes("published"))
    .flatMap(({ text }) => text.split("\n"));
}

/** Answers as a registry of npm that has this package alone. */
function registry(packed: Uint8Array<ArrayBuffer>, about: Record<string, unknown>): (request: Request) => Response {
  const version = String(about.version);
  const integrity = `sha512-${createHash("sha512").update(packed).digest("base64")}`;
  return ({ url }) => {
    const { pathname, origin } = new URL(url);
    if (pathname.endsWith(".tgz")) return new Response(packed);
    if (pathname !== "/skeg") return Response.json({ error: "not found" }, { status: 404 });
    const dist = { tarball: `${origin}/skeg/-/${basename(PACKAGE ?? "")}`, integrity };
    return Response.json({
      name: "skeg",
      "dist-tags": { latest: version },
      versions: { [version]: { ...about, dist } },
    });
  };
}

/** Runs `work` in an empty home, with a registry that has the package. */
async function inHome(work: (sh: (line: string) => Promise<string>, home: string) => Promise<void>): Promise<void> {
  const home = await Deno.makeTempDir({ prefix: "skeg-published-" });
  try {
    const packed = await Deno.readFile(PACKAGE ?? "");
    equal((await run(home, ["tar", "-xzf", PACKAGE ?? "", "package/package.json"])).code, 0);
    const about = JSON.parse(await Deno.readTextFile(join(home, "package", "package.json")));
    await withServer(registry(packed, about), async ({ url }) => {
      const env = {
        HOME: home,
        PATH: `${join(home, "global", "bin")}:${Deno.env.get("PATH")}`,
        DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "/", ".cache", "deno"),
        npm_config_registry: url,
        npm_config_prefix: join(home, "global"),
        npm_config_cache: join(home, "cache"),
        npm_config_update_notifier: "false",
        // The Deno of this machine stands in for the one of the registry.
        npm_config_omit: "optional",
      };
      await work(async (line) => {
        const { code, text } = await run(home, ["bash", "-c", line], env);
        equal(code, 0, `${line}\n${text}`);
        return text;
      }, home);
    });
  } finally {
    await Deno.remove(home, { recursive: true });
  }
}

Deno.test({
  name: "npx and npm install the package as the documents say, with its manual pages",
  ignore,
  fn: () =>
    inHome(async (sh, home) => {
      const lines = [...await publishedLines("README.md"), ...await publishedLines("docs/install.md")]
        .filter((line) => /^(?:npx skeg|npm install) /.test(line));
      ok(lines.length >= 4, lines.join("\n"));
      await Deno.writeTextFile(join(home, "package.json"), '{"name": "mine", "private": true}\n');
      for (const line of lines) {
        const text = await sh(line);
        if (line.startsWith("npx")) match(text, /Client: &version\.Version\{SemVer:"v2\.17\.0"/);
      }
      match(await sh("skeg --version"), /\d+\.\d+\.\d+/);
      match(await Deno.readTextFile(join(home, "global/share/man/man1/skeg-install.1")), /^\.TH "SKEG-INSTALL"/);
      // Under the name of helm, as the page says it.
      for (const line of (await publishedLines("docs/install.md")).filter((each) => /\.local\/bin/.test(each))) {
        if (/^(?:mkdir|ln) /.test(line)) await sh(line);
      }
      match(await sh("~/.local/bin/helm version --client --short"), /^Client: v2\.17\.0\+g/);
      match(await sh("~/.local/bin/helm bogus || true"), /unknown command "bogus" for "helm"/);
    }),
});

Deno.test({
  name: "the one file of a release is downloaded and checked as the page says",
  ignore: Deno.build.os === "windows",
  fn: async () => {
    const home = await Deno.makeTempDir({ prefix: "skeg-published-" });
    const program = "#!/bin/sh\necho the program\n";
    const sums = `${createHash("sha256").update(program).digest("hex")}  skeg-linux-x64\n` +
      `${"0".repeat(64)}  skeg-macos-arm64\n`;
    const files: Record<string, string> = { "skeg-linux-x64": program, "SHA256SUMS": sums };
    try {
      await withServer(({ url }) => new Response(files[basename(new URL(url).pathname)] ?? "none"), async ({ url }) => {
        const lines = await publishedLines("docs/install.md");
        const start = lines.findIndex((line) => line.startsWith("base="));
        const end = lines.findIndex((line) => line.startsWith("install -m"));
        ok(start >= 0 && end > start);
        const script = lines.slice(start, end + 1).filter((line) => !line.startsWith("gh ")).join("\n")
          .replace(/^base=https:\/\/github\.com/, `base=${url}`);
        const env = { HOME: home };
        const { code, text } = await run(home, ["bash", "-ec", script], env);
        equal(code, 0, text);
        equal((await run(home, ["bash", "-c", "~/.local/bin/skeg"], env)).text, "the program\n");
        // A file that is not the one of the list is refused.
        files["skeg-linux-x64"] = "#!/bin/sh\necho another\n";
        ok((await run(home, ["bash", "-ec", script], env)).code !== 0);
      });
    } finally {
      await Deno.remove(home, { recursive: true });
    }
  },
});
