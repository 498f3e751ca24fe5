import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { ask } from '../support/answering.ts';
import { chatBytes, openBareDoor } from '../support/bare-door.ts';
import { answersIn, sendRaw } from '../support/raw.ts';

test('a door with as many calls as it can take turns others away until one has ended', async () => {
  const door = await openBareDoor({ mostAtOnce: 2 });
  const bytes = chatBytes(ask);
  const said = async () => answersIn(await sendRaw(door.port, bytes));
  // Two calls whose bodies are not whole yet.
  const waiting = await Promise.all(
    [1, 2].map(async () => {
      const socket = connect(door.port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(bytes.subarray(0, -1));
      return socket;
    }),
  );
  await expect.poll(said).toEqual([
    {
      status: 503,
      headers: expect.objectContaining({ 'content-type': 'application/json', 'retry-after': '1' }),
      body: expect.stringMatching(
        /^\{"error":\{"message":"The gateway has more calls under way .*"code":"gateway_unavailable"/,
      ),
    },
  ]);
  const [first, second] = waiting;
  first?.write(bytes.subarray(-1));
  await expect.poll(said).toEqual([expect.objectContaining({ status: 200 })]);
  first?.destroy();
  second?.destroy();
  await door.close(0);
});
