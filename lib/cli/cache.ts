import { clear } from './cache-clear.ts';
import { evict } from './cache-evict.ts';
import type { Command } from './outcome.ts';

const help = `Usage: sluice cache clear --tenant NAME | --key ID | --model PROVIDER/MODEL
       sluice cache evict REQUEST_ID --tenant NAME
       both take --reason TEXT, for the audit log

  clear takes away all answers of a tenant, a key or a model. It marks them first: from then on no gateway gives an
  answer again that was asked for until now, by the clock here, not even one that is still on its way. Then it deletes
  them, for which it reads the whole table; if that breaks off, run it again. The answers of a key are those that only
  its calls get, and those that it made for its whole tenant, which are given until they are deleted.
  Vectors of cleared answers lead nowhere; they are embeddings of the questions, and go, a few with each that is added,
  once their time is over.
  evict takes away the one answer that a call was given from the cache, or left there; REQUEST_ID is its x-request-id.
  Neither touches what is repeated for an idempotency-key, nor what was spent.

  sluice cache clear --tenant acme
  sluice cache clear --key key_01…
  sluice cache evict req_01… --tenant acme --json`;

/** `sluice cache`: answers that are given again, as an operator takes them away. */
export const cache: Command = { help, deeds: { clear, evict } };
