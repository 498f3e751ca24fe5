import { words } from './lists.ts';

/** Words that hold a sentence up, or make it polite, and tell nothing of what it is about. None of another language that is an English word, too, such as die. */
export const fillers: ReadonlySet<string> = new Set(
  [
    'i we you he she it they my our your his her its their me us this that these those there here the a an some any',
    'what whats which how hows is am are was were be been being do does did done can could may might must shall should will would',
    'have has had if in on at for from to of by with as so and or but because via please pls hi hello hey dear good thanks thank',
    'excuse sorry ok okay well also just tell know let like mind wondering bother explain kind help way need want whether m re ll ve s t d',
    'wie was welche welcher welches welchen ist sind habe haben kann können könnte könnten darf muss soll sollte will würde',
    'ich er sie es wir ihr mein meine meinen der das dem ein eine einen im in am an bei für von und oder bitte hallo danke gibt',
    'comment quel quelle quels quelles que qui quoi sont suis a ont puis peut peux dois je tu il on nous vous ils mon votre vos',
    'le les l un une des de d avec bonjour merci dis',
    'cómo qué cuál cuáles es está están puedo puede podría tengo tiene debo quiero mis el los las un una en hola gracias',
    'cosa quale quali è sono posso può devo il lo gli i le grazie vorrei',
    'como qual quais é são posso pode tenho tem devo o as uma em com olá obrigado',
    'hoe wat welk welke zijn heb heeft kan moet ik jij hij wij het een als hallo dank',
  ].flatMap((line) => [...words(line)]),
);
