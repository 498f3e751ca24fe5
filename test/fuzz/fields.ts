import type { Field } from './field.ts';
import { converse } from './fields/converse.ts';
import { refusals, requests, streams, wholes } from './fields/dialects.ts';
import { door } from './fields/door.ts';
import { house } from './fields/house.ts';
import { embeddings, guardrails } from './fields/others.ts';
import { events, money, parser } from './fields/parsers.ts';
import { walk } from './fields/walk.ts';

/** What is thrown at in memory. */
const inMemory: readonly Field[] = [
  parser,
  events,
  money,
  requests,
  streams,
  wholes,
  refusals,
  embeddings,
  guardrails,
  walk,
];

/** All fields, a way to open each: those in memory, and those on real sockets. */
export const fields: readonly (() => Promise<Field>)[] = [
  ...inMemory.map((each) => async () => each),
  door,
  converse,
  house,
];
