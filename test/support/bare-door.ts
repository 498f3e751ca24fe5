import { type Address, openDoor } from '../../lib/http/door.ts';
import type { World } from '../../lib/world.ts';
import { answered, answering } from './answering.ts';
import { rawRequest } from './raw.ts';
import { apiKey } from './world.ts';

/** The HTTP door over a world in memory whose provider answers at once. */
export async function openBareDoor(more: Partial<Address> = {}, wire: unknown = answered, unlike: Partial<World> = {}) {
  const world = answering(wire, unlike);
  const door = await openDoor(world, { host: '127.0.0.1', port: 0, ...more });
  return { ...door, world };
}

/** A chat on a connection of its own, its body as bytes where it is no JSON. */
export function chatBytes(
  body: object | string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
  line = 'POST /v1/chat/completions HTTP/1.1',
): Buffer {
  const bytes = Buffer.from(typeof body === 'object' && !(body instanceof Uint8Array) ? JSON.stringify(body) : body);
  const usual = { host: 'a', authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  return rawRequest(line, { ...usual, 'content-length': `${bytes.length}`, ...headers }, bytes);
}
