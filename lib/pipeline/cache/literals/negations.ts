import { themselves, toForms } from './lists.ts';

/** Words that say no, in the commonest languages. */
export const negations = [
  ...toForms({
    // With typing errors that are as common as the words.
    not: 'no, none, nothing, nobody, cannot, never, unable, dont, doesnt, didnt, cant, couldnt, wont, isnt, arent, wasnt, shouldnt, havent, hasnt',
    without: 'w/o',
    except: 'excepting, excluding, unless, apart from, other than, but not',
    nor: 'neither',

    hardly: 'barely, scarcely',
    refuse: 'refuses, refused',
    fail: 'fails, failed, failing',
  }),
  ...themselves('non nicht nichts nie niemals niemand ohne weder außer keinesfalls keineswegs'),
  ...toForms({ kein: 'keine, keinen, keinem, keiner, keines' }),
  ...themselves('ne pas jamais sans aucun aucune rien ni sauf excepté plus personne'),
  ...themselves('nunca jamás sin tampoco nada nadie ningún ninguno ninguna excepto salvo'),
  ...themselves('senza mai né nessuno nessuna niente nulla eccetto tranne neanche nemmeno'),
  ...themselves('não nem sem nenhum nenhuma ninguém jamais exceto'),
  ...themselves('niet niets geen nooit zonder noch behalve niemand'),
];
