/** How keys begin, vendor by vendor; then Google's, web tokens, and keys that are hexadecimal throughout. */
const KEYS =
  /\b(?:\w?sk|pk|rk|xai|key|fw|nvapi|pplx|tgp)[-_][\w-]{8,}|\bAIza[\w-]{20,}|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\b[0-9a-f]{32,}\b/gi;

/** A provider's text without the keys in it: some quote the key they refuse. What is blank is none. */
export const masked = (text: string) =>
  text
    .replace(KEYS, '[key]')
    .replace(/Bearer\s+\S+/gi, 'Bearer [key]')
    .trim();
