/** A provider that speaks OpenAI's chat dialect: all that sets it apart from the others is data. */
export type Vendor = {
  readonly baseUrl: string;
  /** The environment variable its key usually lives in; with a key there, the provider is on. */
  readonly keyVariable: string;
};

export const vendors: Readonly<Record<string, Vendor>> = {
  openai: { baseUrl: 'https://api.openai.com/v1', keyVariable: 'OPENAI_API_KEY' },
  groq: { baseUrl: 'https://api.groq.com/openai/v1', keyVariable: 'GROQ_API_KEY' },
};
