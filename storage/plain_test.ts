import { deepEqual, equal, throws } from "node:assert/strict";
import { objectOfPlain, plainOf, textOfPlain } from "./plain.ts";

const CONFIG_MAP = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "web.v1", labels: { NAME: "web", OWNER: "TILLER" }, annotations: { a: "1" } },
  data: { release: "H4sI", note: "für später\n" },
  binaryData: { bytes: "/wD/" },
};

Deno.test("objectOfPlain() gives the object that plainOf() took, and a Secret holds the same in base64", () => {
  const record = plainOf(CONFIG_MAP);
  deepEqual(objectOfPlain("ConfigMap", record), CONFIG_MAP);
  const secret = objectOfPlain("Secret", record);
  deepEqual(secret.data, { release: btoa("H4sI"), note: "ZsO8ciBzcMOkdGVyCg==", bytes: "/wD/" });
  equal("binaryData" in secret, false);
  deepEqual(plainOf(secret), record);
});

Deno.test("plainOf() keeps a Secret's entries that are not text, or not in the usual base64, as they are", () => {
  const { data, binaryData } = plainOf({ ...CONFIG_MAP, kind: "Secret", data: { release: "/w==", odd: "YR==" } });
  deepEqual(data, {});
  deepEqual(binaryData["release"], "/w==");
  deepEqual(binaryData["odd"], "YR==");
});

Deno.test("textOfPlain() refuses a record without content", () => {
  throws(() => textOfPlain(plainOf({ ...CONFIG_MAP, data: {} })), {
    kind: "record",
    message: "record web.v1 is empty: this storage cannot hold it",
  });
});
