/** The ways into a gateway. */
export const doors = ['function-url', 'rest-api', 'web-function'] as const;
export type Door = (typeof doors)[number];
