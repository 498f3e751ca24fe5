/** A key of a known maker: how it begins, and what follows. */
export type Shape = { readonly prefix: string; readonly rest: string };

const word = '[A-Za-z0-9]';
const base64url = '[\\w-]';

/** Lower-case words with dashes are names of classes and packages: keys have a run of letters and digits that no word is. */
const key = '(?=[\\w-]{0,80}?[A-Za-z0-9]{16})(?=[\\w-]{0,160}\\d)[\\w-]{20,400}';

/**
 * Keys that tell what they are. The shapes are their makers' own, as published in their documentation or seen in keys
 * they issue; lengths are those or a little less, since makers lengthen them.
 */
export const shapes: readonly Shape[] = [
  // Models. This gateway's own keys (`sk-sluice-`) are among the first.
  { prefix: 'sk-', rest: key },
  { prefix: 'gsk_', rest: `${word}{40,64}` },
  { prefix: 'xai-', rest: `${word}{60,120}` },
  { prefix: 'pplx-', rest: `${word}{40,64}` },
  { prefix: 'fw_', rest: `${word}{20,40}` },
  { prefix: 'nvapi-', rest: `${base64url}{60,80}` },
  { prefix: 'hf_', rest: `${word}{30,60}` },
  { prefix: 'r8_', rest: `${word}{37}` },
  { prefix: 'AIza', rest: `${base64url}{35}` },
  { prefix: 'ya29.', rest: `${base64url}{20,400}` },
  { prefix: 'GOCSPX-', rest: `${base64url}{28}` },
  // Clouds.
  { prefix: 'AKIA', rest: '[A-Z0-9]{16}' },
  { prefix: 'ASIA', rest: '[A-Z0-9]{16}' },
  { prefix: 'ABSK', rest: '[A-Za-z0-9+/]{100,200}={0,2}' },
  { prefix: 'dop_v1_', rest: '[a-f0-9]{64}' },
  { prefix: 'dapi', rest: '[a-f0-9]{32}(?:-\\d)?' },
  { prefix: 'hvs.', rest: `${base64url}{24,200}` },
  { prefix: 'hvb.', rest: `${base64url}{24,200}` },
  { prefix: 'pscale_tkn_', rest: `${base64url}{32,64}` },
  { prefix: 'pscale_pw_', rest: `${base64url}{32,64}` },
  { prefix: 'sbp_', rest: '[a-f0-9]{40}' },
  { prefix: 'tskey-', rest: `[a-z]{3,10}-${word}{10,30}-${word}{20,50}` },
  { prefix: 'AGE-SECRET-KEY-1', rest: '[A-Z0-9]{58}' },
  // Code and packages.
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'].map((prefix) => ({ prefix, rest: `${word}{36,251}` })),
  { prefix: 'github_pat_', rest: '\\w{50,100}' },
  ...['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-'].map((prefix) => ({ prefix, rest: `${base64url}{20,64}` })),
  { prefix: 'npm_', rest: `${word}{36}` },
  { prefix: 'pypi-', rest: `AgE${base64url}{50,400}` },
  { prefix: 'rubygems_', rest: '[a-f0-9]{48}' },
  { prefix: 'dckr_pat_', rest: `${base64url}{27}` },
  { prefix: 'ATATT3', rest: '[\\w=-]{40,250}' },
  { prefix: 'lin_api_', rest: `${word}{40}` },
  { prefix: 'ntn_', rest: `${word}{40,60}` },
  { prefix: 'figd_', rest: `${base64url}{40}` },
  { prefix: 'PMAK-', rest: '[a-f0-9]{24}-[a-f0-9]{34}' },
  { prefix: 'sntrys_', rest: '[\\w+/=-]{60,400}' },
  { prefix: 'glsa_', rest: `${word}{32}_[a-fA-F0-9]{8}` },
  { prefix: 'glc_', rest: '[\\w+/=-]{32,400}' },
  { prefix: 'NRAK-', rest: '[A-Z0-9]{27}' },
  // Messages and money.
  ...['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.'].map((prefix) => ({
    prefix,
    rest: '(?=[\\w.-]{0,200}\\d)[\\w.-]{16,250}',
  })),
  { prefix: 'xapp-', rest: '\\d-[A-Z0-9]{8,16}-\\d{8,16}-[a-f0-9]{40,80}' },
  ...['sk_live_', 'sk_test_', 'rk_live_', 'rk_test_', 'whsec_'].map((prefix) => ({
    prefix,
    rest: '[A-Za-z0-9+/=]{16,250}',
  })),
  { prefix: 'SG.', rest: `${base64url}{16,32}\\.${base64url}{32,64}` },
  ...['shpat_', 'shpca_', 'shppa_', 'shpss_'].map((prefix) => ({ prefix, rest: '[a-fA-F0-9]{32}' })),
  { prefix: 'sq0atp-', rest: `${base64url}{22}` },
  { prefix: 'sq0csp-', rest: `${base64url}{43}` },
  { prefix: 'eyJ', rest: `${base64url}{8,4000}\\.eyJ${base64url}{8,16000}\\.${base64url}{16,2000}` },
  // Addresses that are a secret themselves.
  { prefix: 'https://hooks.slack.com/', rest: '(?:services|workflows|triggers)/[\\w/]{20,120}' },
  { prefix: 'https://discord.com/api/webhooks/', rest: `\\d{15,22}/${base64url}{40,100}` },
  { prefix: 'https://discordapp.com/api/webhooks/', rest: `\\d{15,22}/${base64url}{40,100}` },
];
