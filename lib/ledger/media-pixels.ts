/** How large the image in a `data:` URL is, by its own account, in pixels; undefined where it does not tell, or is elsewhere. */
export function pixelsOf(url: string): readonly [width: number, height: number] | undefined {
  const head = /^data:[^,]{0,256};base64,/i.exec(url.slice(0, 280));
  if (head === null) return undefined;
  const bytes = Buffer.from(url.slice(head[0].length), 'base64');
  return png(bytes) ?? gif(bytes) ?? webp(bytes) ?? jpeg(bytes);
}

function png(bytes: Buffer) {
  if (bytes.length < 24 || bytes.readUInt32BE(0) !== 0x89504e47) return undefined;
  return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)] as const;
}

function gif(bytes: Buffer) {
  if (bytes.length < 10 || bytes.toString('latin1', 0, 4) !== 'GIF8') return undefined;
  return [bytes.readUInt16LE(6), bytes.readUInt16LE(8)] as const;
}

/** https://developers.google.com/speed/webp/docs/riff_container */
function webp(bytes: Buffer) {
  if (bytes.length < 30 || bytes.toString('latin1', 8, 12) !== 'WEBP') return undefined;
  switch (bytes.toString('latin1', 12, 16)) {
    case 'VP8X':
      return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1] as const;
    case 'VP8L':
      return [(bytes.readUInt32LE(21) & 0x3fff) + 1, ((bytes.readUInt32LE(21) >> 14) & 0x3fff) + 1] as const;
    case 'VP8 ':
      return [bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff] as const;
    default:
      return undefined;
  }
}

/** The size stands in the first frame's header, behind segments of any number. */
function jpeg(bytes: Buffer) {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  for (let at = 2; at + 9 <= bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    if (bytes[at] !== 0xff) return undefined;
    const marker = bytes[at + 1] ?? 0;
    const frame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker);
    if (frame) return [bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5)] as const;
  }
  return undefined;
}
