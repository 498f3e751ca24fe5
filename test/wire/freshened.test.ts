import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import { type HttpOutbound, httpSend, type Send } from '../../lib/wire/send.ts';
import { readText } from '../../lib/wire/text.ts';
import { failureOf } from '../support/bytes.ts';
import { serveHttp, serveTcp } from '../support/server.ts';
import { timer } from '../support/timer.ts';

type Seen = { readonly nth: number; readonly connection: number };
type Script = (seen: Seen, response: ServerResponse, request: IncomingMessage) => void;

const running = new AbortController().signal;
const answering: Script = ({ connection }, response) => void response.end(`${connection}`);
/** A connection that died unseen: it takes no second request. */
const dying: Script = (seen, response, request) =>
  seen.nth === 1 ? answering(seen, response, request) : void request.socket.destroy();
const minutes = (count: number) => count * 60_000;

let clock: number;
let send: Send;
let seen: Seen[];
let script: Script;
let server: Awaited<ReturnType<typeof serveHttp>>;

beforeEach(async () => {
  clock = 1_800_000_000_000;
  send = httpSend(timer, () => clock);
  seen = [];
  script = answering;
  const served = new Map<Socket, number>();
  server = await serveHttp((request, response) => {
    const nth = (served.get(request.socket) ?? 0) + 1;
    served.set(request.socket, nth);
    const one = { nth, connection: [...served.keys()].indexOf(request.socket) + 1 };
    seen.push(one);
    request.resume().on('end', () => script(one, response, request));
  });
});
afterEach(() => {
  vi.useRealTimers();
  return server.close();
});

const post = (body = '{}', url = server.url): HttpOutbound => ({ via: 'http', method: 'POST', url, headers: {}, body });

/** The text of an answer, once its connection is back in its pool. */
async function asked(outbound = post(), signal = running): Promise<string> {
  const text = await readText((await send(outbound, signal)).body);
  await new Promise(setImmediate);
  return text;
}
const nameOf = async (failing: Promise<unknown>) => toFailure(await failureOf(failing), 'lab', running).code;

/** As many connections at once, all kept. */
async function warmed(count: number) {
  const waiting: (() => void)[] = [];
  script = (one, response, request) => {
    waiting.push(() => answering(one, response, request));
    if (waiting.length === count) for (const answer of waiting) answer();
  };
  await Promise.all(Array.from({ length: count }, () => asked()));
  script = answering;
  seen.length = 0;
}

describe('the first request after a pause', () => {
  test('is answered though the connection kept for it is dead, and goes out twice at most', async () => {
    script = dying;
    await asked();
    clock += 10_000;
    expect(await asked()).toBe('2');
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1, 2]);
  });

  test('goes out once where the pause was longer than any connection is kept: a dead one may swallow it', async () => {
    script = (one, response, request) => {
      if (one.nth === 1) answering(one, response, request); // and never a word more over this connection
    };
    await asked();
    clock += minutes(10);
    expect(await asked()).toBe('2');
    expect(seen).toHaveLength(2);
  });

  test('fails when its second connection dies, too, and goes out no third time', async () => {
    await asked();
    clock += 10_000;
    script = (_, __, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(3);
  });

  test('and all that leave with it are answered, whatever number of connections died', async () => {
    await warmed(5);
    clock += 10_000;
    script = dying;
    const answers = await Promise.all(Array.from({ length: 5 }, () => asked()));
    expect(answers.every((connection) => Number(connection) > 5)).toBe(true);
    expect(seen).toHaveLength(10);
  });

  test('is followed by none over a connection that slept as long as the dead one', async () => {
    await warmed(3);
    clock += 10_000;
    script = (one, response, request) => {
      if (one.connection <= 3) request.socket.destroy();
      else answering(one, response, request);
    };
    expect(await asked()).toBe('4');
    expect(await Promise.all([asked(), asked(), asked()])).toEqual(['4', '5', '6']);
  });

  test('leaves its connection for the next, and so do those that leave with it', async () => {
    await warmed(3);
    clock += minutes(10);
    await warmed(3);
    expect(await Promise.all([asked(), asked(), asked()])).toEqual(['4', '5', '6']);
  });

  test('is answered when it is one of several that are one call', async () => {
    await warmed(2);
    clock += 10_000;
    script = dying;
    const { status, body } = await send({ ...post(), via: 'each', body: '[1,2]' }, running);
    expect([status, (await readText(body)).split('\n')]).toEqual([200, [expect.any(String), expect.any(String)]]);
    expect(seen).toHaveLength(4);
  });
});

describe('a request goes out once', () => {
  const fatal = [
    ['without a pause', 0],
    ['after a moment', 3_000],
  ] as const;
  test.each(fatal)('%s, whatever its connection comes to', async (_, pause) => {
    script = dying;
    await asked();
    clock += pause;
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(2);
  });

  test('once its host has had time to work on it', async () => {
    await asked();
    clock += 10_000;
    seen.length = 0;
    script = (_, __, request) => {
      clock += 3_000;
      request.socket.destroy();
    };
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(1);
  });

  test('over a connection made for it', async () => {
    script = (_, __, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(1);

    script = (_, response) => void response.writeHead(200, { connection: 'close' }).end();
    await asked();
    clock += 10_000;
    script = (_, __, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen).toHaveLength(3);
  });

  test.each([
    ['the head of its answer came', 'HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf'],
    ['a part of the head came', 'HTTP/1.1 200 O'],
  ])('where %s before the connection died', async (_, part) => {
    let requests = 0;
    const { url, close } = await serveTcp((socket) => {
      socket.on('data', () => {
        if (++requests === 1) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
        else socket.write(part, () => socket.resetAndDestroy());
      });
    });
    await asked(post('{}', url));
    clock += 10_000;
    expect(await nameOf(asked(post('{}', url)))).toBe('provider_unreachable');
    expect(requests).toBe(2);
    await close();
  });

  test('where nobody waits for it any more', async () => {
    const reason = new GatewayError('client_closed', { message: 'gone' });
    const caller = new AbortController();
    await asked();
    clock += 10_000;
    script = (_, __, request) => {
      caller.abort(reason);
      request.socket.destroy();
    };
    expect(await failureOf(asked(post(), caller.signal))).toBe(reason);
    expect(seen).toHaveLength(2);
  });

  test('after a pause that the host spent answering', async () => {
    const { promise: over, resolve: end } = Promise.withResolvers<void>();
    script = async (_, response) => {
      response.write('a');
      await over;
      response.end('b');
    };
    const long = asked();
    await expect.poll(() => seen).toHaveLength(1);
    clock += minutes(1);
    end();
    expect(await long).toBe('ab');
    script = (_, __, request) => void request.socket.destroy();
    expect(await nameOf(asked())).toBe('provider_unreachable');
    expect(seen.map(({ connection }) => connection)).toEqual([1, 1]);
  });
});

describe('a connection', () => {
  test.each(['', 'keep-alive: timeout=600\r\n'])('is kept for 30 s, and closed then', async (announced) => {
    let connections = 0;
    const closed = Promise.withResolvers<void>();
    const { url, close } = await serveTcp((socket) => {
      connections++;
      socket
        .on('data', () => socket.write(`HTTP/1.1 200 OK\r\n${announced}content-length: 2\r\n\r\nok`))
        .on('close', closed.resolve);
    });
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    for (const pause of [0, 20_000, 29_000]) {
      clock += pause;
      vi.advanceTimersByTime(pause);
      expect(await asked(post('{}', url))).toBe('ok');
    }
    expect(connections).toBe(1);
    vi.advanceTimersByTime(30_000);
    await closed.promise;
    await close();
  });

  test('is left where its host would have closed it', async () => {
    const closed = new Promise<void>((resolve) => {
      script = (_, response, request) => {
        request.socket.once('close', () => resolve());
        response.writeHead(200, { 'keep-alive': 'timeout=3' }).end();
      };
    });
    await asked();
    await closed; // within a second, long before the 30 s of ours, and nobody here has closed it
  });

  test('that does not come about in the time it has is a timeout, of a host that was never reached', async () => {
    const { url, close } = await serveTcp(() => {}); // accepts, and says nothing to the beginning of TLS
    const failing = send(post('{}', url.replace('http', 'https')), running, { connectMs: 200 });
    expect(toFailure(await failureOf(failing), 'lab', running)).toMatchObject({
      code: 'timeout',
      details: { unreached: true },
    });
    await close();
  });

  test('is given up with its request, at once, which then has reached nobody', async () => {
    const { url, close } = await serveTcp(() => {});
    const over = new AbortController();
    const failing = send(post('{}', url.replace('http', 'https')), over.signal, { connectMs: 60_000 });
    over.abort(new GatewayError('timeout', { message: 'The call took too long.' }));
    expect(toFailure(await failureOf(failing), 'lab', over.signal)).toMatchObject({
      code: 'timeout',
      message: 'The call took too long.',
      details: { unreached: true },
    });
    await close();
  });

  test('that took its time is not shared with those that may not', async () => {
    await asked();
    expect(await readText((await send(post(), running, { connectMs: 900 })).body)).toBe('2');
    await new Promise(setImmediate);
    expect(await readText((await send(post(), running, { connectMs: 900 })).body)).toBe('2');
  });
});
