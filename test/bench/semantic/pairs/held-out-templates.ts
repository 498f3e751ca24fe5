import { unlike } from '../pair.ts';

const classify =
  'Classify the sentiment of the following customer review. Answer with exactly one word, which is positive, negative or neutral. Do not explain your choice and do not add any punctuation. Think about the overall impression that the customer had of the restaurant, the staff, the prices and the food, and ignore spelling mistakes. Review:';
const decide =
  'You will get the question of a customer of our online shop. Decide to which department it goes: billing, shipping, returns or technical support. Give the name of the department only, in lower case, without any further words. If several departments would fit, choose the one that the customer needs most urgently. The question of the customer follows after this line.\n\n';
const summarize =
  'Summarize the following meeting note in one sentence for the weekly newsletter of the whole company. Keep the tone friendly and professional, avoid jargon and abbreviations, mention what was decided and what happens next, and never mention who said what. Write in the past tense and begin with the word team. Note:';

/** One long instruction with another text after it, from the same hand as the held-out near misses. */
export const heldOutTemplates = unlike('template', [
  [
    `${classify} the soup was cold, the waiter ignored us and we waited ages`,
    `${classify} lovely evening, delicious pasta and a friendly smile from everybody`,
  ],
  [
    `${classify} what a great place, we will come back soon`,
    `${classify} what a terrible place, we regret going there`,
  ],
  [
    `${decide}my parcel arrived damaged and i would like my money back please`,
    `${decide}the website crashes whenever i try to log on with my phone`,
  ],
  [
    `${summarize} we agreed to move the release because the tests are flaky and the build is slow`,
    `${summarize} marketing wants a bigger booth at the fair and will ask finance for extra money`,
  ],
]);
