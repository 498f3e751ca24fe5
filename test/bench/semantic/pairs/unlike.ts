import { unlike } from '../pair.ts';

/** The same topic and another question, or nothing in common. */
export const others = [
  ...unlike('topic', [
    ['How do I reset my password?', 'How long must my password be?'],
    ['How do I reverse a list in Python?', 'How do I copy a list in Python?'],
    ['What is the capital of France?', 'What is the population of France?'],
    ['How do I cancel my order?', 'How do I repeat my order?'],
    ['What are the symptoms of diabetes?', 'What causes diabetes?'],
    ['What does a mortgage cost?', 'What is the difference between a mortgage and a loan?'],
    ['How do I apply for leave?', 'Who gets special leave?'],
    ['How do I rename a branch in Git?', 'How do I merge a branch in Git?'],
    ['Is breakfast included?', 'What is served for breakfast?'],
    ['What is the return policy?', 'Who pays for the return shipping?'],
    ['Wie lange dauert die Lieferung?', 'Was kostet die Lieferung?'],
    ['¿Cuánto cuesta el envío?', '¿Cuánto tarda el envío?'],
  ]),
  ...unlike('unrelated', [
    ['How do I reset my password?', 'What is the boiling point of water?'],
    ['Who wrote Hamlet?', 'How do I clean suede shoes?'],
    ['Is the pool heated?', 'What is compound interest?'],
    ['How do I exit Vim?', 'When does the museum open?'],
    ['What causes earthquakes?', 'Can I pay by bank transfer?'],
    ['How do I request parental leave?', 'How tall is Mount Everest?'],
    ['Wo ist mein Paket?', 'Was ist Photosynthese?'],
    ['Où est mon colis ?', 'Comment réduire mes impôts ?'],
  ]),
];
