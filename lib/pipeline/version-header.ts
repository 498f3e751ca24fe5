/** Which version of the configuration a reply goes by. */
export const versionHeader = ({ version }: { readonly version?: number | undefined }): Record<string, string> =>
  version === undefined ? {} : { 'x-sluice-config-version': String(version) };
