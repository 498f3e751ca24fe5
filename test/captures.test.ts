import fc from 'fast-check';
import { expect, test } from 'vitest';
import { capturedCall, captureKey, capturePrefix, isCaptureKey, isCapturePrefix } from '../lib/captures.ts';

const tenants = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,20}$/);
const ids = fc.stringMatching(/^req_[0-9a-z]{26}$/);
const users = fc.option(fc.string({ minLength: 1 }), { nil: undefined });

test('a call is under the prefix of its tenant and of its user, and of no other', () => {
  fc.assert(
    fc.property(
      tenants,
      users,
      ids,
      tenants,
      fc.string({ minLength: 1 }),
      (tenant, user, id, otherTenant, otherUser) => {
        const key = captureKey({ tenant, user, id });
        expect(capturedCall(key)).toBe(id);
        expect(key.startsWith(capturePrefix({ tenant }))).toBe(true);
        expect(key.startsWith(capturePrefix({ tenant, user }))).toBe(true);
        expect(key.startsWith(capturePrefix({ tenant: otherTenant }))).toBe(tenant === otherTenant);
        expect(key.startsWith(capturePrefix({ tenant, user: otherUser }))).toBe(user === otherUser);
        const shared = key.toLowerCase().startsWith(capturePrefix({ tenant: otherTenant }).toLowerCase());
        expect(shared).toBe(tenant === otherTenant); // on a disk that knows no capitals, too
        expect([isCaptureKey(key), isCapturePrefix(capturePrefix({ tenant, user }))]).toEqual([true, true]);
      },
    ),
  );
});

test('the same user of two tenants has no mark in common, and nobody is no user', () => {
  const [one, other] = ['one', 'other'].map((tenant) => capturePrefix({ tenant, user: 'ann' }).split('/')[2]);
  expect(one).toMatch(/^u-[0-9a-f]{32}$/);
  expect(one).not.toBe(other);
  expect(captureKey({ tenant: 'one', id: 'req_1' })).toBe('captures/one/nobody/req_1.json.gz');
  expect(captureKey({ tenant: 'one', user: 'nobody', id: 'req_1' })).not.toContain('nobody');
});

test('tenants whose names differ by a capital alone have places of their own on any disk', () => {
  const places = ['acme', 'Acme', 'ACME', 'aCme'].map((tenant) => capturePrefix({ tenant }));
  expect(new Set(places.map((place) => place.toLowerCase())).size).toBe(4);
  expect(places.slice(0, 2)).toEqual(['captures/acme/', 'captures/!acme/']);
  for (const place of places) expect(isCapturePrefix(place)).toBe(true);
});

test.each([
  'captures/../x',
  'captures/a/../nobody/req_1.json.gz',
  '/captures/a/',
  'captures//',
  'captures/a/nobody/',
  'captures/A/',
  'captures/!/',
  'captures/a!/',
])('%j is neither a key nor a prefix', (text) => {
  expect([isCaptureKey(text), isCapturePrefix(text)]).toEqual([false, false]);
});
