import { words } from './lists.ts';

/** Words that hold a sentence up, or make it polite, and tell nothing of what it is about. */
export const fillers: ReadonlySet<string> = new Set(
  [
    'i we you he she it they my our your his her its their me us this that these those there here the a an some any',
    'what whats which how hows is am are was were be been being do does did done can could may might must shall should will would',
    'have has had if in on at for from to of by with as so and or but because via please pls hi hello hey dear good thanks thank',
    'excuse sorry ok okay well also just tell know let like mind wondering bother explain kind help way need want whether m re ll ve s t d',
    'wie was welche welcher welches welchen ist sind war bin hat habe haben kann können könnte könnten darf muss soll sollte will würde',
    'ich du er sie es wir ihr mein meine meinen der die das den dem ein eine einen im in am an bei mit für von und oder bitte hallo danke gibt',
    'comment quel quelle quels quelles que qui quoi est sont suis ai a ont puis peut peux dois je tu il elle on nous vous ils mon ma mes votre vos',
    'le la les l un une des du de d dans pour avec si bonjour merci dis',
    'cómo qué cuál cuáles es son está están hay puedo puede podría tengo tiene debo quiero mi mis el la los las un una en para con se si hola gracias',
    'come cosa quale quali è sono posso può ho ha devo il lo gli i le per grazie vorrei',
    'como qual quais é são posso pode tenho tem devo o os as um uma em com olá obrigado',
    'hoe wat welk welke zijn heb heeft kan mag moet ik jij hij wij het een op met als hallo dank',
  ].flatMap((line) => [...words(line)]),
);
