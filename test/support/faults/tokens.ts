import type { ServerResponse } from 'node:http';
import { beginStream, ending, event, type Script, usage } from '../upstream.ts';

/** How an answer goes on after some of it. */
export type Rest = (response: ServerResponse) => void;

/** A long answer of sixty tokens, of which so many arrive. */
export const tokens = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `token${at} `);

/** Answers a stream with so many tokens, and goes on as told: to its end when nothing is told. */
export const streaming =
  (count: number, rest: Rest = (response) => void response.end(ending)): Script =>
  (_, response) => {
    beginStream(response);
    response.write(
      tokens(count)
        .map((content) => event({ content }))
        .join(''),
      () => rest(response),
    );
  };

/** Answers whole, but so many tokens into it goes on as told. */
export const writing =
  (count: number, rest: Rest): Script =>
  (_, response) => {
    const json = JSON.stringify({
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_700_000_000,
      model: 'm',
      usage,
      choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: tokens(60).join('') } }],
    });
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(json.slice(0, json.indexOf(`token${count} `)), () => rest(response));
  };
