import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Enough of a secret to know it by, and so little that a compressed file holds it in one piece. */
const PIECE = 8;

/** The pieces of a secret: whatever holds one of them holds a part of it. The beginning that all keys have is no part. */
const piecesOf = (secret: string): readonly string[] => {
  const random = secret.replace(/^sk-sluice-/, '');
  return Array.from({ length: random.length - PIECE + 1 }, (_, at) => random.slice(at, at + PIECE));
};

/** Which of these secrets, by name, a text has a piece of: as it is, in base64 or in hexadecimal. */
export function piecesIn(text: string, secrets: Readonly<Record<string, string>>): readonly string[] {
  const held = (piece: string) => text.includes(piece) || text.includes(Buffer.from(piece).toString('hex'));
  const encoded = (secret: string) =>
    [0, 1, 2].some((at) => {
      const shifted = Buffer.from(' '.repeat(at) + secret).toString('base64url');
      const whole = shifted.slice(4, -4);
      return piecesOf(whole).some((piece) => text.includes(piece));
    });
  return Object.entries(secrets).flatMap(([name, secret]) =>
    piecesOf(secret).some(held) || encoded(secret) ? [name] : [],
  );
}

/** All files under a folder, as their bytes. */
export function filesUnder(folder: string): readonly { readonly file: string; readonly text: string }[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .map((file) => ({ file, text: readFileSync(file).toString('latin1') }));
}
