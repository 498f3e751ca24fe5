import type { Script } from './upstream.ts';

/** An embedding model that finds all texts alike. */
export const embeds: Script = (_, response) => {
  const data = [{ object: 'embedding', index: 0, embedding: [0.6, 0.8] }];
  const usage = { prompt_tokens: 2, total_tokens: 2 };
  const body = JSON.stringify({ object: 'list', model: 'embed', data, usage });
  response.writeHead(200, { 'content-type': 'application/json' }).end(body);
};
