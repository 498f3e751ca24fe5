/** Questions to the log of a gateway, in the language of Logs Insights: of what has too many names to be a dimension. */

const calls = 'filter message = "call"';
const sums = 'stats sum(bill.nanoDollars) / 1000000000 as dollars, count(*) as calls';
const dearest = ['sort dollars desc', 'limit 20'];

/** What each tenant spends, hour by hour. */
export const spendByTenant = [calls, 'stats sum(bill.nanoDollars) / 1000000000 as dollars by bin(1h), tenant'];

export const tenants = [
  calls,
  `${sums}, sum(status = "failed") as failed, sum(savedNanoUsd) / 1000000000 as saved by tenant`,
  ...dearest,
];

export const features = [calls, `${sums} by tenant, feature`, ...dearest];

/** Keys and users, by what they spend. */
export const spenders = [calls, `${sums} by tenant, keyId, user`, ...dearest];

/** Which failures there were, the most frequent first. */
export const failures = [
  `${calls} and status = "failed"`,
  'stats count(*) as calls, latest(id) as latest by errorCode, model',
  'sort calls desc',
  'limit 20',
];
