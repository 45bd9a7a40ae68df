/**
 * Credentials that live for a moment, and clocks that jump.
 *
 * @module
 */
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openCluster } from "../../../engine/kube/mod.ts";
import { losingProxy, type MadeUp } from "../../_lib/losing_proxy.ts";
import { lifeOf } from "./answers.ts";
import { commandOf, firstLine, purge } from "./recover.ts";
import { type Ground, type Row, type Tally } from "./row.ts";
import { openSite, type RunOptions, type Site, statusesOf, untruths } from "./site.ts";

/** Tokens of exec credentials. */
export const TOKENS: Row = { name: "tokens", what: "exec tokens that live 5, 0.4 and 0.15 s", play: playTokens };

/** Clocks. */
export const CLOCKS: Row = {
  name: "clock",
  what: "a clock that jumps by up to an hour, or 28 hours, at every call",
  play: playClocks,
};

/** Plays a whole life, undisturbed but for `options`, and says all that is wrong. */
async function playCalmly(
  ground: Ground,
  site: Site,
  release: string,
  options: RunOptions,
): Promise<{ operations: number; wrong: string[] }> {
  const wrong: string[] = [];
  let operations = 0;
  for (const [args, wanted] of lifeOf(ground, site, release)) {
    const ended = await site.run(args, options);
    operations++;
    const states = statusesOf(await site.history(release));
    if (ended.code !== 0) wrong.push(`${commandOf(args)}: ${firstLine(ended)}`);
    else if (states !== wanted) wrong.push(`${commandOf(args)}: records ${states}, not ${wanted}`);
    wrong.push(...(await untruths(site, release)).map((text) => `${commandOf(args)}: ${text}`));
    if (wrong.length > 0) break;
  }
  wrong.push(...(await purge(site, release)).wrong);
  return { operations, wrong };
}

async function playTokens(ground: Ground): Promise<Tally> {
  const site = await openSite(ground, "tokens");
  const cluster = await openCluster({ kubeconfig: ground.kubeconfig });
  const proxy = await losingProxy(cluster.transport);
  const wrong: string[] = [];
  let operations = 0, refused = 0, asked = 0;
  try {
    const lives = [5000, 400, 150].slice(0, ground.scale(3, 1));
    for (const livesMs of lives) {
      // The token holds the time of its issue. The server rejects a request with an expired one.
      proxy.refuse = ({ headers }): MadeUp | undefined => {
        asked++;
        const issued = Number(/^Bearer t-(\d+)$/.exec(String(headers["authorization"]))?.[1]);
        if (Date.now() - issued < livesMs) return undefined;
        refused++;
        const body = { kind: "Status", status: "Failure", message: "Unauthorized", reason: "Unauthorized", code: 401 };
        return { status: 401, body: JSON.stringify(body) };
      };
      const kubeconfig = join(ground.folder, `tokens-${livesMs}.kubeconfig`);
      writeFileSync(kubeconfig, execKubeconfig(ground.folder, proxy.url, livesMs, site.namespace));
      const outcome = await playCalmly(ground, site, `t${livesMs}`, { env: { KUBECONFIG: kubeconfig } });
      operations += outcome.operations;
      wrong.push(...outcome.wrong.map((text) => `tokens live ${livesMs} ms: ${text}`));
    }
  } finally {
    await proxy.close();
    await cluster.close();
    await site.close();
  }
  return { tried: `${operations} operations, ${asked} requests, ${refused} × 401`, wrong };
}

/** A kubeconfig whose user is a program that issues tokens and says when they expire. */
function execKubeconfig(folder: string, server: string, livesMs: number, namespace: string): string {
  const script = join(folder, `issue-${livesMs}`);
  writeFileSync(
    script,
    `#!/bin/sh
now=$(date +%s%3N)
until=$((now + ${livesMs}))
stamp=$(date -u -d "@$((until / 1000)).$(printf %03d $((until % 1000)))" +%Y-%m-%dT%H:%M:%S.%3NZ)
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t-%s","expirationTimestamp":"%s"}}' $now $stamp
`,
  );
  chmodSync(script, 0o755);
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "c",
    clusters: [{ name: "c", cluster: { server } }],
    users: [{
      name: "c",
      user: {
        exec: { apiVersion: "client.authentication.k8s.io/v1", command: script, interactiveMode: "Never" },
      },
    }],
    contexts: [{ name: "c", context: { cluster: "c", user: "c", namespace } }],
  });
}

async function playClocks(ground: Ground): Promise<Tally> {
  const at = ground.program.indexOf("run");
  if (at < 0) return { tried: "nothing: the program is not run by deno", wrong: ["not tried"] };
  const site = await openSite(ground, "clock");
  // Without TLS: a certificate that was made an hour ago is rightly refused by a clock before that.
  const proxy = await losingProxy(ground.cluster.transport);
  const kubeconfig = join(ground.folder, "clock.kubeconfig");
  proxy.writeKubeconfig(kubeconfig, site.namespace);
  const wrong: string[] = [];
  let operations = 0;
  try {
    for (const hours of [1, 28].slice(0, ground.scale(2, 1))) {
      const preload = join(ground.folder, `clock-${hours}.js`);
      writeFileSync(preload, jumpingClock(hours));
      const program = [...ground.program.slice(0, at + 1), `--preload=${preload}`, ...ground.program.slice(at + 1)];
      const outcome = await playCalmly(ground, site, `c${hours}`, { program, env: { KUBECONFIG: kubeconfig } });
      operations += outcome.operations;
      wrong.push(...outcome.wrong.map((text) => `±${hours} h: ${text}`));
    }
  } finally {
    await proxy.close();
    await site.close();
  }
  return { tried: `${operations} operations`, wrong };
}

/** A module that makes each look at the clock show another time. */
function jumpingClock(hours: number): string {
  return `const RealDate = Date;
const now = () => Math.floor(RealDate.now() + (Math.random() * 2 - 1) * ${hours} * 3600_000);
globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [now()] : args, self),
  get: (target, key) => key === "now" ? now : Reflect.get(target, key),
  apply: () => new RealDate(now()).toString(),
});
`;
}
