import { fillers } from './fillers.ts';
import { words } from './lists.ts';

/** Words that sentences begin with and that name nothing; any other in their place may be a name. */
export const openers: ReadonlySet<string> = new Set([
  ...fillers,
  ...[
    'than then while during about into over per yes actually again maybe perhaps think say see look go come take put keep',
    'give make write list show find get set use try describe define summarise summarize translate convert compare create',
    'calculate compute count check fix change update build run send read sort filter search replace rename copy move print',
    'format generate suggest recommend name mention outline rewrite correct reset cancel order book pay return track contact',
    'call ask answer choose pick apply request submit prepare cook clean wash ways steps difference differences meaning',
    'definition example examples reason reasons best question problem issue error password account price cost refund parcel',
    'package shipping delivery payment invoice weather flights flight hotel train tickets ticket address recipe symptoms',
    'treatment tax holiday vacation office sick working work free new old great nice long short',
    'wenn worin wofür faut existe',
    'die son hay war come con os hat bin mag met den ai est ma ha ho op per para la si mi mes pour du mit dans elle um se',
  ].flatMap((line) => [...words(line)]),
]);

/** Pairs of words that look as if they said something. */
export const idle: ReadonlySet<string> = new Set(
  'good morning, good afternoon, good evening, good night, so kind, which one, new one, this one, that one, other one, the one'.split(
    ', ',
  ),
);
