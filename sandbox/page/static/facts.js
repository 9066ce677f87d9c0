// The world's state as plain facts, so that two readings can be told apart.

/** @typedef {{what: string, value: string}} Fact */
/** @typedef {{at: Date, what: string, before: string | null, after: string | null}} Change */

/**
 * Every fact by a key that stays the same while its value changes.
 * @param {any} state
 * @returns {Map<string, Fact>}
 */
export function facts(state) {
  /** @type {Map<string, Fact>} */
  const all = new Map();
  for (const cluster of state.clusters ?? []) {
    for (const account of cluster.service_accounts ?? []) {
      const name = `${account.namespace}/${account.name}`;
      all.set(`sa ${cluster.name} ${name}`, {
        what: `Service account ${name} in ${cluster.name}`,
        value: "exists",
      });
      for (const [key, value] of Object.entries(account.annotations ?? {})) {
        all.set(`an ${cluster.name} ${name} ${key}`, {
          what: `Annotation ${key} of ${name} in ${cluster.name}`,
          value: String(value),
        });
      }
    }
    for (const [workload, pods] of byWorkload(cluster.pods ?? [])) {
      const roles = [...new Set(pods.map((pod) => pod.role_arn ?? "no role"))].sort().join(", ");
      all.set(`role ${cluster.name} ${workload}`, {
        what: `Role of the pods of ${workload} in ${cluster.name}`,
        value: roles,
      });
      all.set(`pods ${cluster.name} ${workload}`, {
        what: `Pods of ${workload} in ${cluster.name}`,
        value: pods
          .map((pod) => pod.name)
          .sort()
          .join(", "),
      });
    }
  }
  for (const account of state.accounts ?? []) {
    for (const role of account.roles ?? []) {
      all.set(`trust ${role.arn}`, {
        what: `Trust policy of ${role.name} in ${account.name ?? account.id}`,
        value: policyText(role.trust),
      });
    }
    for (const arn of account.providers ?? []) {
      all.set(`provider ${arn}`, {
        what: `OIDC provider in ${account.name ?? account.id}: ${arn}`,
        value: "exists",
      });
    }
  }
  return all;
}

/** @param {any[]} pods @returns {Map<string, any[]>} */
export function byWorkload(pods) {
  /** @type {Map<string, any[]>} */
  const all = new Map();
  for (const pod of pods) {
    const name = `${pod.namespace}/${pod.workload ?? pod.name}`;
    all.set(name, [...(all.get(name) ?? []), pod]);
  }
  return all;
}

/** @param {unknown} policy a document, or its text */
export function policyText(policy) {
  if (typeof policy !== "string") return JSON.stringify(policy ?? null, null, 2);
  try {
    return JSON.stringify(JSON.parse(policy), null, 2);
  } catch {
    return policy;
  }
}

/**
 * @param {Map<string, Fact>} before
 * @param {Map<string, Fact>} after
 * @returns {Change[]}
 */
export function changes(before, after) {
  const at = new Date();
  /** @type {Change[]} */
  const found = [];
  for (const [key, { what, value }] of after) {
    const old = before.get(key);
    if (old?.value !== value) found.push({ at, what, before: old?.value ?? null, after: value });
  }
  for (const [key, { what, value }] of before) {
    if (!after.has(key)) found.push({ at, what, before: value, after: null });
  }
  return found;
}
