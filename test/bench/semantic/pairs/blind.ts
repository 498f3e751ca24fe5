import { alike, unlike } from '../pair.ts';

/** Written when the filters were final; these were not touched after. */
export const blind = [
  ...alike('polite', [
    ['How do I renew my library card?', 'Hello! Could you please tell me how I can renew my library card?'],
    ['Is the gym open on New Year?', 'Hi, is the gym open on New Year? Thanks in advance!'],
    ['Where do I find my customer number?', 'Please tell me where I find my customer number.'],
    ['Can I exchange the ticket?', 'Hey, sorry for asking, but can I exchange the ticket?'],
  ]),
  ...alike('reordered', [
    ['If I lose my badge, whom do I tell?', 'Whom do I tell if I lose my badge?'],
    ['With a cold, can I go swimming?', 'Can I go swimming with a cold?'],
    ['How do I export a chart as an image in Excel?', 'In Excel, how do I export a chart as an image?'],
    ['Once the trial is over, what will I pay?', 'What will I pay once the trial is over?'],
  ]),
  ...alike('spelling', [
    ["What's the wifi password?", 'what is the wifi password'],
    ['Do I need to unplug the modem?', 'do i need to unplug the modem??'],
    ['Why is the organisation chart empty?', 'Why is the organization chart empty?'],
  ]),
  ...alike('typo', [['Where can I recycle batteries?', 'where can i recycle bateries']]),
  ...alike('shortened', [
    ['How much does a day pass cost?', 'price of a day pass'],
    ['How do I take a screenshot on a Mac?', 'screenshot mac'],
  ]),
  ...alike('reworded', [
    ['How do I block a number?', 'How can I block a phone number?'],
    ['What should I bring to the interview?', 'Which things do I take along to a job interview?'],
    ['Why is my bread not rising?', 'What keeps the dough of my bread from rising?'],
    ['How do I concatenate two strings in C?', 'What is the way to join two strings in C?'],
  ]),
  ...alike('other language', [
    ['Wann wird der Müll abgeholt?', 'Hallo, wann wird der Müll abgeholt? Danke!'],
    ['Où puis-je garer mon vélo ?', 'Où est-ce que je peux laisser mon vélo ?'],
  ]),
  ...unlike('direction', [
    ['How do I move files onto my phone?', 'How do I move files off my phone?'],
    ['Can I walk from the station to the hotel?', 'Can I walk from the hotel to the station?'],
    ['Who borrowed the book from Mia?', 'Who borrowed the book for Mia?'],
    ['Does the server send the client a token?', 'Does the client send the server a token?'],
  ]),
  ...unlike('tense', [
    ['What does the new law change?', 'What did the new law change?'],
    ['Are the shares falling?', 'Have the shares fallen?'],
    ['Where will the next Olympics be held?', 'Where were the last Olympics held?'],
  ]),
  ...unlike('modal', [
    ['Could the virus spread through the air?', 'Does the virus spread through the air?'],
    ['Should I restart the router?', 'How should I restart the router?'],
    ['Do guests have to tip?', 'Do guests get to tip?'],
  ]),
  ...unlike('person', [
    ['Who can see our photos?', 'Who can see their photos?'],
    ['When do you pay me back?', 'When do I pay you back?'],
    ['Does my doctor tell my boss?', 'Does my boss tell my doctor?'],
    ['Can he keep my deposit?', 'Can I keep his deposit?'],
  ]),
  ...unlike('voice', [
    ['Who sued the publisher?', 'Whom did the publisher sue?'],
    ['Are sharks eaten by orcas?', 'Do sharks eat orcas?'],
  ]),
  ...unlike('conjunction', [
    ['Can I pay with cash and card?', 'Can I pay with cash or card?'],
    ['Is it hot because it is broken?', 'Is it hot so it is broken?'],
  ]),
  ...unlike('added', [
    ['Is the soup vegan?', 'Is the soup of the day vegan?'],
    ['How do I share a note?', 'How do I stop to share a note?'],
    ['How many bones does a hand have?', 'How many bones does a hand have at birth?'],
    ['Is a contract valid?', 'Is a contract only valid on paper?'],
  ]),
  ...unlike('name', [
    ['how old is emma stone', 'how old is emma watson'],
    ['when did freddie mercury die', 'when did kurt cobain die'],
    ['flights from san diego to new york', 'flights from los angeles to las vegas'],
    ['best things to do in palma de mallorca', 'best things to do in santa cruz de tenerife'],
  ]),
  ...unlike('entity', [
    ['How do I polish silver?', 'How do I polish brass?'],
    ['Can I park my bike in the yard?', 'Can I park my van in the yard?'],
    ['How do I remove red wine stains from a carpet?', 'How do I remove chewing gum bits from a carpet?'],
    ['What does the 🔴 light mean?', 'What does the 🟢 light mean?'],
  ]),
  ...unlike('scope', [
    ['Is the first hour free?', 'Is each hour free?'],
    ['Who was the Rock?', 'Who was a rock?'],
  ]),
  ...unlike('number', [['What is 7² plus 1?', 'What is 72 plus 1?']]),
  ...unlike('negation', [
    ['Which rooms have a bath?', 'Which rooms lack a bath?'],
    ['Is it a problem if I reply late?', 'Is it no problem if I reply late?'],
  ]),
  ...unlike('template', [
    [
      'Give me one title for this blog post: our new oven bakes two loaves at once and saves a third of the power',
      'Give me one title for this blog post: three easy ways to keep houseplants alive while you travel for weeks',
    ],
    [
      'Is this mail spam? Answer yes or no: dear friend, you inherit a fortune from an uncle, send us your bank details',
      'Is this mail spam? Answer yes or no: dear team, the budget meeting moves to the big room upstairs, see you there',
    ],
  ]),
  ...unlike('question', [['How do I read a barcode?', 'Who reads a barcode?']]),
  ...unlike('topic', [
    ['What do I feed a hedgehog?', 'Where does a hedgehog sleep?'],
    ['Wie öffne ich die Haube?', 'Wie öffne ich den Tank?'],
  ]),
];
