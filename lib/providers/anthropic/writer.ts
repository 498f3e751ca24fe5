/**
 * Who writes a Claude model's thoughts, whichever cloud it is reached in: `us.anthropic.claude-sonnet-4-5-20250929-v1:0`,
 * `claude-sonnet-4-5@20250929` and `claude-sonnet-4-5` are all `anthropic/claude-sonnet-4-5`.
 */
export const claudeWriter = (model: string): string => `anthropic/${claudeName(model)}`;

/** A Claude model's name without the marks of a cloud, a region or a snapshot. */
export function claudeName(model: string): string {
  const name = model.toLowerCase();
  return name
    .slice(name.lastIndexOf('/') + 1) // an ARN ends in the model
    .replace(/^(?:[a-z-]+\.)?anthropic\./, '')
    .replace(/\[[^\]]*\]$/, '')
    .replace(/@[^@]*$/, '')
    .replace(/-v\d+(?::\d+)*$/, '')
    .replace(/-20\d{6}$/, '')
    .replace(/-latest$/, '')
    .replaceAll('.', '-')
    .replace(/(-\d+)-0$/, '$1'); // claude-sonnet-4-0 is another name of claude-sonnet-4
}
