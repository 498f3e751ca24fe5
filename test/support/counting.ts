import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request to the database as it went by. */
export type Passed = {
  readonly operation: string;
  readonly table: string;
  /** What was asked, as it was written. */
  readonly text: string;
  readonly at: number;
  /** What DynamoDB would ask for it, in capacity units. */
  units: number;
  /** How long its answer took, in milliseconds; 0 until it is here. */
  ms: number;
};

/** Answers a request itself, or lets it through: false. */
export type Instead = (passed: Passed, response: ServerResponse) => boolean | Promise<boolean>;

/** What goes by on the line to a database. */
export type Counting = Awaited<ReturnType<typeof startCounting>>;

/** Stands between a gateway and its database, and notes what goes by; it can also fail, or keep silent. */
export async function startCounting(endpoint: string) {
  const passed: Passed[] = [];
  let mood: 'open' | 'silent' | 'throttling' = 'open';
  let unanswered: string | undefined;
  let instead: Instead = () => false;
  // What breaks off on the far side breaks off here.
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()));
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const operation = String(request.headers['x-amz-target']).replace(/^DynamoDB_\d+\./, '');
    const input = JSON.parse(body.toString());
    const table = input.TableName ?? Object.keys(input.RequestItems ?? {})[0];
    const noted: Passed = { operation, table, text: body.toString(), at: performance.now(), units: 0, ms: 0 };
    passed.push(noted);
    if (await instead(noted, response)) return;
    if (mood === 'silent' || operation === unanswered) return;
    if (mood === 'throttling') {
      const error = { __type: 'com.amazonaws.dynamodb.v20120810#ThrottlingException', message: 'Rate exceeded' };
      response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(error));
      return;
    }
    const headers: Record<string, string> = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': String(request.headers['x-amz-target']),
    };
    const priced = JSON.stringify({ ...input, ReturnConsumedCapacity: 'TOTAL' });
    const answer = await fetch(endpoint, { method: 'POST', headers, body: priced });
    const text = await answer.text();
    noted.units = unitsOf(JSON.parse(text).ConsumedCapacity);
    noted.ms = performance.now() - noted.at;
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' }).end(text);
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    passed,
    /** From now on every request is let through, swallowed, or refused as too much. */
    be: (next: typeof mood) => {
      mood = next;
    },
    /** From now on this operation gets no answer; all do when none is named. */
    ignore: (operation?: string) => {
      unanswered = operation;
    },
    /** From now on this answers what it wants to; without it all is let through. */
    answerWith: (next: Instead = () => false) => {
      instead = next;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}

type Capacity = { readonly CapacityUnits?: number };

/** A failed condition costs a write, too, of which its answer says nothing. */
const unitsOf = (told: Capacity | readonly Capacity[] | undefined): number =>
  told === undefined ? 1 : [told].flat().reduce((sum, { CapacityUnits = 0 }) => sum + CapacityUnits, 0);
