import { list } from './calls-list.ts';
import { show } from './calls-show.ts';
import type { Command } from './outcome.ts';

const help = `Usage: sluice calls list --tenant NAME [--feature F] | --key ID
       [--user U] [--model M] [--status ok|failed] [--since 1h] [--limit 50] [--before REQUEST_ID]
       sluice calls show REQUEST_ID [--tenant NAME] [--capture [--reason TEXT]]

  list shows calls that have ended, the newest first, a line each: when the call began (UTC), its id, the model that
  answered, else the one asked for, ok or the error's code, tokens, what it cost, when its first content came, how long
  it took in all, what the caches did, and who it was for. --model takes either of the two models, and failed is
  whatever is not ok. --since takes a time ago (30m, 24h, 7d), a date or an ISO time, in UTC; --before goes on with
  calls older than one. With --key or --feature it reads only those calls, which on AWS are found a moment after they
  are written down; for all else it reads on, back to --since or to the first call, until there are enough. A call from
  before there was an index by feature is found by its tenant or key.
  show tells all that is on record of one call; REQUEST_ID is its x-request-id. It looks under every tenant; --tenant
  names one that was removed. --capture prints what was kept of its request and answer, too, where its tenant wants
  that (sluice tenants set NAME --capture on); before, it writes into the audit log who reads it, and why.
  --json prints whole records, as GET /v1/calls/{id} gives them. There is never a prompt, an answer or a secret in one; with
  --capture what was kept stands in the field captured.

  sluice calls list --tenant acme --status failed --since 24h
  sluice calls list --key key_01… --limit 200 --json
  sluice calls list --tenant acme --feature search --user ann
  sluice calls show req_01…`;

/** `sluice calls`: single calls on record. */
export const calls: Command = { help, deeds: { list, show } };
