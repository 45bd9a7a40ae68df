/**
 * The tree of a release's objects as rows.
 *
 * @module
 */

/** @typedef {import("../../app/ui/types.ts").ResourceNode} ResourceNode */

/**
 * A row of the tree.
 *
 * @typedef {object} TreeRow
 * @property {string} id Such as `apps/v1/Deployment shop web`: unique within a release.
 * @property {number} depth 0 for an object of the manifest.
 * @property {ResourceNode} node
 * @property {boolean} hasOwned
 */

/**
 * Identifies an object.
 *
 * @param {Pick<ResourceNode, "gvk" | "namespace" | "name">} node
 */
export function nodeId({ gvk, namespace, name }) {
  return `${gvk} ${namespace} ${name}`;
}

/**
 * Returns the parts of {@link nodeId}; `undefined` for other texts.
 *
 * @param {string} id
 * @returns {{ gvk: string, namespace: string, name: string } | undefined}
 */
export function parseNodeId(id) {
  const [gvk, namespace, name, ...more] = id.split(" ");
  if (gvk === undefined || namespace === undefined || name === undefined || more.length > 0) return undefined;
  return { gvk, namespace, name };
}

/**
 * Returns the nodes and those that they own, each owner before its own, without what is folded.
 *
 * @param {readonly ResourceNode[]} nodes
 * @param {ReadonlySet<string>} folded Ids of rows whose owned objects are hidden.
 * @returns {TreeRow[]}
 */
export function treeRows(nodes, folded) {
  /** @type {TreeRow[]} */
  const rows = [];
  /** @type {(nodes: readonly ResourceNode[], depth: number) => void} */
  const add = (nodes, depth) => {
    for (const node of nodes) {
      const id = nodeId(node);
      rows.push({ id, depth, node, hasOwned: node.owned.length > 0 });
      if (!folded.has(id)) add(node.owned, depth + 1);
    }
  };
  add(nodes, 0);
  return rows;
}

/**
 * Returns which objects differ from their record.
 *
 * @param {readonly ResourceNode[]} nodes
 * @returns {Map<string, boolean>} Drift by id, where it is known.
 */
export function driftById(nodes) {
  /** @type {Map<string, boolean>} */
  const known = new Map();
  for (const node of nodes) if (node.drift !== null) known.set(nodeId(node), node.drift);
  return known;
}
