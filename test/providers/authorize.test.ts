import fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorizeBy, bearer } from '../../lib/providers/authorize.ts';
import type { HttpOutbound } from '../../lib/wire/send.ts';
import { thrownBy } from '../support/bytes.ts';

const to = (url: string): HttpOutbound => ({ via: 'http', method: 'POST', url, headers: {}, body: '{}' });
const authorize = authorizeBy('https://api.lab.example/v1', bearer);

test.each([
  'https://api.lab.example/v1/chat/completions',
  'https://api.lab.example?any',
  'HTTPS://API.lab.example:443/v1',
])('a credential goes to %s, which is its own origin', (url) => {
  expect(authorize(to(url), 'sk-lab')).toMatchObject({ headers: { authorization: 'Bearer sk-lab' } });
});

test.each([
  'https://api.lab.example.evil.example/v1',
  'https://api.lab.example@evil.example/v1',
  'https://api.lab.example:8443/v1',
  'http://api.lab.example/v1',
  'https://api.lab.example\t.evil.example/v1',
])('no credential goes to %s', (url) => {
  expect(thrownBy(() => authorize(to(url), 'sk-lab'))).toMatchObject({ code: 'internal_error' });
});

test('whatever follows the origin, a credential goes where the URL leads to that origin, and nowhere else', () => {
  const signs = fc.constantFrom('/', '\\', '@', ':', '.', '?', '#', '\t', '%', '1', 'a', '[', ' ', '..');
  fc.assert(
    fc.property(fc.array(signs, { maxLength: 8 }), (rest) => {
      const url = `https://api.lab.example${rest.join('')}`;
      const origin = URL.canParse(url) ? new URL(url).origin : undefined;
      const goes = () => authorize(to(url), 'sk-lab') !== undefined;
      if (origin === 'https://api.lab.example') expect(goes()).toBe(true);
      else expect(thrownBy(goes)).toBeInstanceOf(Error);
    }),
  );
});
