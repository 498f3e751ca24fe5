import { createRequire } from 'node:module';

// An import of node:http loads Node's fetch along, which the addon does not: an empty handler would start too slowly.
const { Agent, request } = createRequire(import.meta.url)('node:http');

/** What aws-lambda-ric's native addon exports: `next` gives a promise, `done` and `error` give nothing and never throw. */

const asking = new Agent({ keepAlive: true, maxSockets: 1 });
const telling = new Agent({ keepAlive: true, maxSockets: 1 }); // who takes many calls at once tells while it asks
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime/invocation`;
const needed = [
  'content-type',
  'lambda-runtime-aws-request-id',
  'lambda-runtime-deadline-ms',
  'lambda-runtime-invoked-function-arn',
];

// The addon posts synchronously, so the next poll never overtakes an answer.
let posted = Promise.resolve();

export async function next() {
  await posted;
  const { headers, body } = await exchange(asking, 'GET', '/next');
  const missing = needed.filter((name) => headers[name] === undefined);
  if (missing.length > 0) throw new Error(`Failed to get next invocation, no ${missing.join(', ')}`);
  return { bodyJson: body, headers };
}

export function done(id, body) {
  post(`/${id}/response`, body);
}

export function error(id, body, xrayCause) {
  post(`/${id}/error`, body, { 'lambda-runtime-function-xray-error-cause': xrayCause });
}

function post(path, body, headers = {}) {
  const ignored = () => {};
  posted = posted
    .then(() => exchange(telling, 'POST', path, body, { 'content-type': 'application/json', ...headers }))
    .then(ignored, ignored);
}

function exchange(agent, method, path, body = '', headers = {}) {
  return new Promise((resolve, reject) => {
    const call = request(base + path, { method, headers, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => {
        text += piece;
      });
      response.on('end', () => resolve({ headers: response.headers, body: text }));
      response.on('error', reject);
    });
    call.on('error', reject);
    call.end(body);
  });
}
