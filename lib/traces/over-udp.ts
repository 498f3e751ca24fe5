import { createSocket, type Socket } from 'node:dgram';
import type { EndedTrace } from '../trace.ts';
import type { Encode, Exporter } from './exporter.ts';

/** What the daemon reads, of one datagram; of what is longer the network would let nothing through. */
const MOST_BYTES = 64_000;
const HEAD = '{"format":"json","version":1}\nT1S'; // T1S: it is sampled

/**
 * Sends each visit's spans at once to the daemon that AWS runs beside a function, as OTLP in the frame it knows. Nobody
 * answers; what is lost is lost.
 */
export function overUdp(host: string, port: number, encode: Encode): Exporter {
  let socket: Socket | undefined;
  const send = (text: string) =>
    new Promise<void>((resolve, reject) => {
      socket ??= open();
      socket.send(text, port, host, (error) => (error ? reject(error) : resolve()));
    });
  const open = () => {
    const opened = createSocket('udp4').unref();
    // Nobody listens, the network is away: a later datagram gets a socket of its own.
    opened.on('error', () => {
      opened.close();
      socket = undefined;
    });
    return opened;
  };
  return {
    async send(trace) {
      for (const text of datagrams(trace, encode)) await send(text);
    },
    idle: async () => {},
    waiting: () => 0,
  };
}

/** A trace in as many datagrams as it needs. Throws where a single span does not fit into one. */
function datagrams(trace: EndedTrace, encode: Encode): readonly string[] {
  const text = `${HEAD}${Buffer.from(encode([trace])).toString('base64')}`;
  if (text.length <= MOST_BYTES) return [text];
  const { spans } = trace;
  if (spans.length < 2) throw new Error('The span is too long for a datagram.');
  const half = Math.ceil(spans.length / 2);
  return [spans.slice(0, half), spans.slice(half)].flatMap((part) => datagrams({ ...trace, spans: part }, encode));
}
