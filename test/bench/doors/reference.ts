import { createServer } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { request as ask } from 'undici';

// What Node can do at best while it reads all of a question: a proxy that checks a key, looks for the model in the JSON,
// puts in the provider's own key, and passes the answer on as it comes. It keeps no books.

const [provider = ''] = process.argv.slice(2);

const server = createServer(async (request, response) => {
  try {
    const pieces: Buffer[] = [];
    for await (const piece of request) pieces.push(piece);
    const { model, ...rest } = JSON.parse(Buffer.concat(pieces).toString());
    if (request.headers.authorization === undefined) return void response.writeHead(401).end();
    const body = JSON.stringify({ ...rest, model: String(model).replace(/^openai\//, '') });
    const headers = { authorization: 'Bearer sk-lab', 'content-type': 'application/json' };
    const answer = await ask(`${provider}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.statusCode, { 'content-type': String(answer.headers['content-type']) });
    await pipeline(answer.body, response);
  } catch {
    response.destroy();
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
