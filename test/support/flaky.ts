import type { ServerResponse } from 'node:http';
import { beginStream, ending, event, refusal, type Script, wholeAnswer } from './upstream.ts';

/** What may befall a call before its first content. */
export const faults = ['500', '503', '429', 'reset', 'cut'] as const;
export type Fault = (typeof faults)[number];

/** A provider that answers `text` as it is asked, streamed or whole. */
export const answer =
  (text: string): Script =>
  (asked, response) => {
    if (asked.body.stream !== true) return wholeAnswer(text)(asked, response);
    beginStream(response);
    response.end(event({ content: text }) + ending);
  };

/** A provider that answers so, unless the next draw says what befalls it instead. */
export function flaky(text: string, next: () => Fault | undefined): Script {
  return (asked, response) => {
    const fault = next();
    switch (fault) {
      case undefined:
        return answer(text)(asked, response);
      case 'reset':
        return reset(response);
      case 'cut':
        return cut(asked.body.stream === true, response);
      default:
        return refusal(Number(fault), { message: 'not now' })(asked, response);
    }
  };
}

const reset = ({ socket }: ServerResponse): void => void socket?.resetAndDestroy();

/** Begins an answer, and breaks off before there is anything in it. */
function cut(streams: boolean, response: ServerResponse): void {
  if (streams) beginStream(response);
  else response.writeHead(200, { 'content-type': 'application/json' });
  response.write(streams ? ': ping\n\n' : ' ', () => response.destroy());
}
