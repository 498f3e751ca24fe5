import type { World } from '../../lib/world.ts';
import { arriving } from './bytes.ts';
import { usage } from './compatible-stream.ts';
import { labs } from './labs.ts';
import { type FakeWorld, fakeWorld, messages } from './world.ts';

export const config = labs({ lab: 'https://lab.example/v1' });
export const ask = { model: 'lab/m', messages };
const choice = { index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' };
/** What an ordinary provider answers. */
export const answered = { choices: [choice], usage };

/** A world whose provider answers every call with this. */
export function answering(wire: unknown, more: Partial<World> = {}): FakeWorld {
  const text = typeof wire === 'string' ? wire : JSON.stringify(wire);
  const send: World['send'] = async () => ({ status: 200, headers: {}, body: arriving([Buffer.from(text)]) });
  return fakeWorld({ send, ...more, config });
}
