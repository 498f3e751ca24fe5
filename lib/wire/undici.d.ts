// The parts of undici we use, imported one by one: its index brings a fetch, a cache and two mock servers along, and
// they would be in every cold start.
declare module 'undici/lib/dispatcher/agent.js' {
  import { Agent } from 'undici';
  export default Agent;
}
