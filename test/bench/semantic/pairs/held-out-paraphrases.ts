import { alike } from '../pair.ts';

/** Paraphrases by the one who wrote the held-out near misses: what the filters refused, and what they should not. */
export const heldOutParaphrases = [
  ...alike('spelling', [
    ['What is the capital of France?', 'what is the capital of france?'],
    ['How do I set up Wi-Fi?', 'How do I set up WiFi?'],
    ['What colour is the sky?', 'What color is the sky?'],
    ['How can I connect my phone to my TV?', 'How can I connect my phone to my tv?'],
    ['How do I reset my password?', 'how do i reset my pasword'],
  ]),
  ...alike('shortened', [
    ['What is the capital of France?', 'Capital of France?'],
    ['What is photosynthesis?', 'photosynthesis?'],
    ['How do I cancel my subscription?', 'Cancelling my subscription'],
    ['How do I cancel my subscription?', 'Subscription cancellation'],
    ['How do I install Python on Windows?', 'how to install python on windows'],
    ['Where is my order? Thanks, Anna', 'Where is my order?'],
  ]),
  ...alike('reworded', [
    ['How do I reset my password?', 'how do i change my password'],
    ['How do I cancel my subscription?', 'I want to cancel my subscription.'],
    ['What are your opening hours?', 'When are you open?'],
    ['What is photosynthesis?', 'Explain photosynthesis.'],
    ['What is photosynthesis?', 'Can you explain photosynthesis to me in simple words?'],
    ['Wie kann ich mein Passwort zurücksetzen?', 'Wie setze ich mein Passwort zurück?'],
  ]),
  ...alike('polite', [
    ['How do I cancel my subscription?', 'How can I cancel my subscription, please?'],
    ["Hi, what's your return policy?", 'What is the return policy?'],
  ]),
  ...alike('reordered', [["It's raining, what should I wear?", 'What should I wear when it is raining?']]),
];
