import { exported, list } from './audit-entries.ts';
import { verify } from './audit-verify.ts';
import type { Command } from './outcome.ts';

const help = `Usage: sluice audit list [--since 7d] [--subject X] [--action Y] [--principal Z] [--limit N]
       sluice audit export [--since 30d] > audit.jsonl
       sluice audit verify [--since 2026-11-01] [--expect HASH]

  Every change of tenants, keys and the configuration, by sluice or by hand in the table, every clearing of the
  cache, and every reading of a prompt that was kept: when, by whom, what was before and is after, and why, if --reason
  told. Entries are added and never changed.
  list shows the newest first, 50 unless --limit says otherwise; a subject, an action or a principal is named in whole
  or by its beginning, such as --subject "tenant acme" or --action key. --json prints the entries whole.
  export prints them whole, the oldest first, one JSON object a line.
  verify follows the chain of hashes: each entry has that of the one before it, and each day ends with an entry that
  says so. The exit code is 1 where an entry was altered, is missing, or stands where it does not belong, and where the
  log is empty. The hashes have no key: who gets past the table's policy can cut entries off at the end, or chain all
  anew, and nothing in the table shows it. Note the hash that verify tells, elsewhere, and --expect it the next time.
  The log of the function that writes the entries has each hash, too.
  With --since, days are of UTC, and the chain is followed from there on.
  The principal is what the caller's own credentials said to sluice; who edits the table by hand is unknown here.

  sluice audit list --since 7d --action key
  sluice audit verify --expect 5f3c…`;

/** `sluice audit`: who changed what. */
export const audit: Command = { help, deeds: { list, export: exported, verify } };
