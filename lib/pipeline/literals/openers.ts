import { words } from './lists.ts';

/** Words that sentences begin with and that name nothing; any other in their place may be a name. */
export const openers: ReadonlySet<string> = new Set(
  [
    'i we you he she it they my our your his her its their me us this that these those there here the a an some any',
    'whats hows what which how is are am was were be been do does did done can could may might must shall should will would have has had',
    'if in on at for from to of by with as than then and or but so because while during about into over per via like',
    'hi hello hey dear thanks thank please pls good excuse sorry ok okay well yes actually also again just maybe perhaps',
    'tell explain show give make let help write list find get set use try want need know think say see look go come take put keep',
    'describe define summarise summarize translate convert compare create calculate compute count check fix change update build run',
    'send read sort filter search replace rename copy move print format generate suggest recommend name mention outline rewrite correct',
    'reset cancel order book pay return track contact call ask answer choose pick apply request submit prepare cook clean wash',
    'way ways steps difference differences meaning definition example examples reason reasons best question problem issue error',
    'password account price cost refund order parcel package shipping delivery payment invoice weather flights flight hotel train',
    'tickets ticket address recipe symptoms treatment tax holiday vacation office sick working work free new old great nice long short',
    'wie was welche welcher welches welchen ist sind war bin hat habe haben kann können könnte könnten darf muss soll sollte will würde',
    'ich du er sie es wir ihr mein meine der die das ein eine im in am an bei mit für von und oder wenn bitte hallo danke gibt worin wofür',
    'comment quel quelle quels quelles que qui quoi est sont suis ai a ont puis peut peux faut dois je tu il elle on nous vous ils mon ma mes',
    'le la les un une des du de dans pour avec si bonjour merci dis existe y',
    'cómo qué cuál cuáles es son está están hay puedo puede podría tengo tiene debo quiero mi mis el la los las un una en para con si hola gracias',
    'come cosa quale quali è sono posso può ho ha devo il lo gli i le in per con se ciao grazie vorrei',
    'como que qual quais é são posso pode tenho tem devo o a os as um uma em para com se olá obrigado',
    'hoe wat welk welke zijn heb heeft kan mag moet ik jij hij wij het een de in op met als hallo dank',
  ].flatMap((line) => [...words(line)]),
);

/** Pairs of words that look as if they said something. */
export const idle: ReadonlySet<string> = new Set(
  'good morning, good afternoon, good evening, good night, so kind, which one, new one, this one, that one, other one, the one'.split(
    ', ',
  ),
);
