import { toForms } from './lists.ts';

/** What a question asks for. What and which say nothing: what follows them does. */
export const asked = toForms({
  who: 'whom, wer, wem, wen, quién, quiénes, quem, chi, wie is',
  whose: 'wessen',
  when: 'what time, wann, quand, cuándo, quando, wanneer, um wieviel',
  'what date': 'what day, what year, which day, which year',
  where: 'what place, wo, wohin, woher, où, dónde, adónde, onde, dove, waar',
  why: 'how come, warum, wieso, weshalb, pourquoi, por qué, perché, waarom',
  'how many':
    'how much, wieviel, wie viel, wie viele, combien, cuánto, cuánta, cuántos, cuántas, quanto, quanti, quantos, hoeveel',
  'how long': 'wie lange, hoe lang',
  'how often': 'wie oft, hoe vaak',
  'how far': 'wie weit, hoe ver',
  'how old': 'wie alt, hoe oud',
  'how tall': 'how high, wie hoch, wie groß',
  'how big': 'how large',
  'how fast': 'how quickly, wie schnell',
});
