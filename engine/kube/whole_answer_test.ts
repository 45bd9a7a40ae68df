import { deepEqual, equal, rejects } from "node:assert/strict";
import { WholeAnswer } from "./whole_answer.ts";

const given = (): [ArrayBuffer, Response] => [
  new TextEncoder().encode('{"kind":"Größe"}').buffer,
  new Response(null, { status: 201, headers: { etag: '"7"' } }),
];

Deno.test("an answer keeps its status and its headers, and is read as text, as JSON or as bytes", async () => {
  const answer = new WholeAnswer(...given());
  equal(answer.status, 201);
  equal(answer.ok, true);
  equal(answer.headers.get("etag"), '"7"');
  equal(answer.bodyUsed, false);
  equal(await answer.text(), '{"kind":"Größe"}');
  deepEqual(await new WholeAnswer(...given()).json(), { kind: "Größe" });
  deepEqual(await new WholeAnswer(...given()).bytes(), new Uint8Array(given()[0]));
  equal((await new WholeAnswer(...given()).arrayBuffer()).byteLength, given()[0].byteLength);
});

Deno.test("an answer is read once, and its bytes are freed by that", async () => {
  const [bytes, head] = given();
  const answer = new WholeAnswer(bytes, head);
  await answer.text();
  equal(answer.bodyUsed, true);
  equal(bytes.byteLength, 0);
  await rejects(answer.text(), TypeError);
  await rejects(answer.json(), TypeError);
});
