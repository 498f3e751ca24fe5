/** What the server says to one request; without a body to a question of yes or no. */
export type Reply = { readonly status: number; readonly body?: Readonly<Record<string, unknown>> };

/** A refusal in the shape of OpenSearch. */
export const refusal = (status: number, type: string, reason: string): Reply => ({
  status,
  body: { error: { root_cause: [{ type, reason }], type, reason }, status },
});

export const noIndex = (index: string): Reply => refusal(404, 'index_not_found_exception', `no such index [${index}]`);

/** What the service says to an id that is not its own. */
export const NO_IDS = 'Document ID is not supported in create/index operation request';
