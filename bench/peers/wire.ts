/**
 * The minimal traffic for a list: the metadata of all records, and the content
 * of those that are printed. The answers are dropped.
 *
 *   deno run -R -N bench/peers/wire.ts KUBECONFIG NAMESPACE NAME…
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Page size; the server needs longer for a list without pages. */
const PAGE = 500;

const [kubeconfig = "", namespace = "", ...names] = Deno.args;
const config = JSON.parse(readFileSync(kubeconfig, "utf8"));
const { server, "certificate-authority-data": ca } = config.clusters[0].cluster;
const client = Deno.createHttpClient({ caCerts: [atob(ca)], http2: true });
const root = `${server}/api/v1/namespaces/${namespace}/configmaps`;
const authorization = `Bearer ${config.users[0].user.token}`;
const get = async (url: string, accept: string): Promise<ArrayBuffer> => {
  const answer = await fetch(url, { client, headers: { authorization, accept } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return await answer.arrayBuffer();
};
const heads = async (): Promise<void> => {
  for (let more: string | undefined = ""; more !== undefined;) {
    const url: string = `${root}?labelSelector=OWNER%3DTILLER&limit=${PAGE}${more}`;
    const page = await get(url, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");
    const token = /"continue":"([^"]+)"/.exec(new TextDecoder().decode(page.slice(0, 2000)))?.[1];
    more = token === undefined ? undefined : `&continue=${encodeURIComponent(token)}`;
  }
};
await Promise.all([heads(), ...names.map((name) => get(`${root}/${name}`, "application/json"))]);
client.close();
