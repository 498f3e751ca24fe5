/** What turns questions into vectors where no model is configured for it: no key is needed, a gateway's own role calls it. */
export const usualEmbedder = { model: 'bedrock/amazon.titan-embed-text-v2:0', dimensions: 512 } as const;
