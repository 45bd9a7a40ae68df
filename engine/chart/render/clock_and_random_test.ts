import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { Buffer } from "node:buffer";
import type { Chart } from "../../model/mod.ts";
import { renderChart, type RenderOptions } from "./render.ts";

const PATH = "web/templates/a.yaml";

function chartOf(text: string): Chart {
  const templates = [{ path: "templates/a.yaml", data: new TextEncoder().encode(text) }];
  return { metadata: { name: "web" }, templates, dependencies: [], files: [] };
}

async function render(text: string, options: RenderOptions): Promise<string> {
  return (await renderChart(chartOf(text), options))[PATH] ?? "";
}

function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1103515245 + 12345) % 2 ** 31) / 2 ** 31;
}

const clock = () => ({ seconds: 1_600_000_000, nanos: 123_000_000 });

/** Each hangs on chance. */
const RANDOM = [
  "randAlphaNum 24",
  "randAlpha 24",
  "randNumeric 24",
  "randAscii 24 | quote",
  "uuidv4",
  'shuffle "abcdefghijklmnopqrstuvwxyz"',
  'encryptAES "secret" "plain"',
  'tpl "{{ randAlphaNum 24 }}" .',
];

for (const call of RANDOM) {
  Deno.test(`renderChart() gives the same bytes for the same numbers, and others for others: ${call}`, async () => {
    const text = `{{ ${call} }}`;
    const first = await render(text, { clock, random: seeded(1) });
    equal(await render(text, { clock, random: seeded(1) }), first);
    notEqual(await render(text, { clock, random: seeded(2) }), first);
    notEqual(await render(text, {}), await render(text, {}));
  });
}

/** Each hangs on the time, as `clock` has it. */
const TIMED: Readonly<Record<string, string>> = {
  'dateInZone "2006-01-02T15:04:05Z" (now) "UTC"': "2020-09-13T12:26:40Z",
  'dateInZone "2006-01-02" "no date" "UTC"': "2020-09-13",
  'htmlDateInZone "no date" "UTC"': "2020-09-13",
  "now | unixEpoch": "1600000000",
  "ago (now)": "0s",
  ".Release.Time.Seconds": "1600000000",
};

for (const [call, wanted] of Object.entries(TIMED)) {
  Deno.test(`renderChart() has the time from its clock: ${call}`, async () => {
    equal(await render(`{{ ${call} }}`, { clock }), wanted);
  });
}

Deno.test("renderChart() reads the clock anew for each now, and counts from the first", async () => {
  let seconds = 1_600_000_000;
  const stepping = () => ({ seconds: seconds++, nanos: 0 });
  const release = { time: { seconds: 1, nanos: 0 } };
  const text = "{{ $a := now }}{{ $b := now }}{{ $b.Sub $a }} {{ $a.Unix }} {{ $b.Unix }}";
  equal(await render(text, { clock: stepping, release }), "1s 1600000000 1600000001");
});

Deno.test("genCA has its dates from the clock and its serial number from random; the key is another each time", async () => {
  const text = '{{ $ca := genCA "ca" 10 }}{{ $ca.Cert | b64enc }} {{ $ca.Key | b64enc }}';
  const made = async () => {
    const [cert = "", key = ""] = (await render(text, { clock, random: seeded(7) })).split(" ");
    return { certificate: new X509Certificate(Buffer.from(cert, "base64")), key };
  };
  const [one, other] = [await made(), await made()];
  equal(new Date(one.certificate.validFrom).toISOString(), "2020-09-13T12:26:40.000Z");
  equal(new Date(one.certificate.validTo).toISOString(), "2020-09-23T12:26:40.000Z");
  equal(one.certificate.serialNumber, other.certificate.serialNumber);
  notEqual(one.key, other.key);
});

Deno.test("random numbers at both ends of the range give text of the wanted length", async () => {
  const text = "{{ randAlphaNum 9 }} {{ randAscii 9 | b64enc }} {{ uuidv4 }}";
  for (const number of [0, 1 - 2 ** -32]) {
    match(
      await render(text, { random: () => number }),
      /^[A-Za-z0-9]{9} [A-Za-z0-9+/=]{12} [0-9a-f-]{14}4[0-9a-f-]{4}[89ab]/,
    );
  }
});

Deno.test("two renders of one chart at the same time keep their numbers apart", async () => {
  // The pattern is not plain: the first render waits for a module in its middle.
  const chart = chartOf('{{ randAlpha 9 }}{{ regexReplaceAll "(a|b)+?" "abc" "x" }}{{ randAlpha 9 }}');
  const one = () => renderChart(chart, { random: seeded(3) });
  const [first, second] = await Promise.all([one(), one()]);
  deepEqual(first, second);
});

Deno.test("no template function looks at the time or at chance by itself", async () => {
  const kept = { now: Date.now, random: Math.random, values: crypto.getRandomValues, uuid: crypto.randomUUID };
  const refuse = (): never => {
    throw new Error("a template function reached outside");
  };
  try {
    Date.now =
      Math.random =
      crypto.getRandomValues =
      crypto.randomUUID =
        refuse;
    await render([...RANDOM, ...Object.keys(TIMED)].map((call) => `{{ ${call} }}`).join("\n"), {
      clock,
      random: seeded(1),
      release: { time: { seconds: 1, nanos: 0 } },
    });
  } finally {
    Date.now = kept.now;
    Math.random = kept.random;
    crypto.getRandomValues = kept.values;
    crypto.randomUUID = kept.uuid;
  }
});
