/** What a client hears: the answer as far as it came, and the failure if one was told. */
export type Heard = {
  readonly status: number;
  readonly content: string;
  readonly finish: string | null;
  /** Whether a stream said that it is over. */
  readonly done: boolean;
  readonly error: Record<string, unknown> | undefined;
  readonly usage: Record<string, unknown> | undefined;
  readonly attempts: string | null;
  readonly model: string | null;
};

type Choice = { readonly delta?: Words; readonly message?: Words; readonly finish_reason: string | null };
type Words = { readonly content?: string | null };
type Wire = {
  readonly choices?: readonly Choice[];
  readonly error?: Record<string, unknown>;
  readonly usage?: Record<string, unknown>;
};

/** Reads an answer of the gateway, streamed or whole, to its end. */
export async function heardIn(response: Response): Promise<Heard> {
  const text = await response.text();
  const streamed = response.headers.get('content-type')?.startsWith('text/event-stream');
  const events = streamed ? [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => data) : [text];
  const wires: readonly Wire[] = events.filter((data) => data !== '[DONE]').map((data) => JSON.parse(data));
  const choices = wires.flatMap((wire) => wire.choices ?? []);
  return {
    status: response.status,
    content: choices.map(({ delta, message }) => (delta ?? message)?.content ?? '').join(''),
    finish: choices.map(({ finish_reason }) => finish_reason).findLast((word) => word !== null) ?? null,
    done: events.includes('[DONE]'),
    error: wires.find(({ error }) => error !== undefined)?.error,
    usage: wires.findLast(({ usage }) => usage)?.usage,
    attempts: response.headers.get('x-sluice-attempts'),
    model: response.headers.get('x-sluice-model'),
  };
}
