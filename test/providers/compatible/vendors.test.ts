import { describe, expect, test } from 'vitest';
import { compatibleMaker, vendors } from '../../../lib/providers/vendors.ts';
import { provider, sent } from './asking.ts';

const fromEnvironment = (name: string, env: Record<string, string>) =>
  compatibleMaker(vendors[name]).fromEnvironment(env);

describe('a vendor', () => {
  test.each([
    ['openai', 'OPENAI_API_KEY', 'https://api.openai.com/v1'],
    ['groq', 'GROQ_API_KEY', 'https://api.groq.com/openai/v1'],
    ['together', 'TOGETHER_API_KEY', 'https://api.together.xyz/v1'],
    ['fireworks', 'FIREWORKS_API_KEY', 'https://api.fireworks.ai/inference/v1'],
    ['mistral', 'MISTRAL_API_KEY', 'https://api.mistral.ai/v1'],
    ['deepseek', 'DEEPSEEK_API_KEY', 'https://api.deepseek.com'],
    ['xai', 'XAI_API_KEY', 'https://api.x.ai/v1'],
    ['openrouter', 'OPENROUTER_API_KEY', 'https://openrouter.ai/api/v1'],
    ['cerebras', 'CEREBRAS_API_KEY', 'https://api.cerebras.ai/v1'],
    ['perplexity', 'PERPLEXITY_API_KEY', 'https://api.perplexity.ai'],
  ])('%s is switched on by %s and found at %s', (name, variable, baseUrl) => {
    expect(fromEnvironment(name, { [variable]: 'secret' })).toEqual({ credential: `env:${variable}` });
    expect(fromEnvironment(name, { [variable]: '' })).toBeUndefined();
    const found = provider(name, { credential: `env:${variable}` });
    const { dropped: _, body: __, ...outbound } = sent(found, {});
    expect(outbound.url).toBe(`${baseUrl}/chat/completions`);
    expect(found.authorize({ ...outbound, body: '' }, 'secret')).toMatchObject({
      headers: { authorization: 'Bearer secret' },
    });
  });

  test.each([
    ['ollama', { OLLAMA_HOST: '127.0.0.1:11434' }, 'http://127.0.0.1:11434/v1'],
    ['ollama', { OLLAMA_HOST: ':11434' }, 'http://127.0.0.1:11434/v1'],
    ['ollama', { OLLAMA_HOST: '0.0.0.0' }, 'http://127.0.0.1:11434/v1'],
    ['ollama', { OLLAMA_HOST: 'models.lan' }, 'http://models.lan:11434/v1'],
    ['ollama', { OLLAMA_HOST: 'https://ollama.com' }, 'https://ollama.com/v1'],
    ['ollama', { OLLAMA_BASE_URL: 'http://gpu:9/v1/', OLLAMA_HOST: 'other' }, 'http://gpu:9/v1'],
    ['vllm', { VLLM_BASE_URL: 'http://gpu:8000' }, 'http://gpu:8000/v1'],
    ['vllm', { VLLM_BASE_URL: 'https://gpu.example/models/v1' }, 'https://gpu.example/models/v1'],
  ])('%s is switched on by its address: %j is %s', (name, env, baseUrl) => {
    expect(fromEnvironment(name, env)).toEqual({ baseUrl, allowPrivate: true });
  });

  test('that only its operator knows must be given an address', () => {
    const vllm = compatibleMaker(vendors.vllm);
    expect(vllm.problem({})).toBe('needs a baseUrl');
    expect(vllm.switchOn).toBe('set VLLM_BASE_URL');
    expect(compatibleMaker(vendors.ollama).problem({})).toBeUndefined();
    expect(provider('ollama').place).toEqual({ baseUrl: 'http://localhost:11434/v1' });
    expect(fromEnvironment('ollama', {})).toBeUndefined();
  });

  test('takes one line of data to add', () => {
    const baseUrl = 'https://new.example/v1';
    const added = compatibleMaker({ baseUrl, keyVariable: 'NEW_KEY' });
    expect(added.fromEnvironment({ NEW_KEY: 'x' })).toEqual({ credential: 'env:NEW_KEY' });
    expect(sent(added.make('new', {}), {}).url).toBe(`${baseUrl}/chat/completions`);
  });
});
