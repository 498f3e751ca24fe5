import { themselves, toForms } from './lists.ts';

/** Days, months, seasons and times of day in the commonest languages. */
export const calendar: readonly (readonly [form: string, word: string])[] = [
  ...themselves(
    'january february april june july august september october november december monday tuesday wednesday thursday friday saturday sunday',
  ),
  ...toForms({
    monday: 'mondays',
    tuesday: 'tuesdays',
    wednesday: 'wednesdays',
    thursday: 'thursdays',
    friday: 'fridays',
    saturday: 'saturdays',
    sunday: 'sundays',
    weekend: 'weekends',
  }),
  ...themselves(
    'today tomorrow yesterday tonight spring summer autumn winter morning afternoon evening night noon midnight weekday',
  ),
  ...themselves('montag dienstag mittwoch donnerstag freitag samstag sonntag heute morgen gestern abend nacht'),
  ...themselves('lundi mardi mercredi jeudi vendredi samedi dimanche hier demain soir nuit matin'),
  ...themselves('janvier février mars avril mai juin juillet août septembre octobre novembre décembre'),
  ...themselves('lunes martes miércoles jueves viernes sábado domingo hoy mañana ayer noche tarde'),
  ...themselves('enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre'),
  ...themselves('lunedì martedì mercoledì giovedì venerdì sabato domenica oggi domani ieri sera notte'),
  ...themselves('gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre'),
  ...themselves(
    'segunda terça quarta quinta sexta hoje amanhã ontem noite janeiro fevereiro março maio junho julho setembro outubro dezembro',
  ),
  ...themselves(
    'maandag dinsdag woensdag donderdag vrijdag zaterdag zondag vandaag gisteren januari februari maart juni juli augustus',
  ),
];

/** Short and other forms of what is literal for its capital. */
export const aliases: ReadonlyMap<string, string> = new Map(
  toForms({
    january: 'jan',
    february: 'feb',
    march: 'mar',
    april: 'apr',
    june: 'jun',
    july: 'jul',
    august: 'aug',
    september: 'sep, sept',
    october: 'oct',
    november: 'nov',
    december: 'dec',
    monday: 'mon',
    tuesday: 'tue, tues',
    wednesday: 'wed',
    thursday: 'thu, thur, thurs',
    friday: 'fri',
    saturday: 'sat',
    sunday: 'sun',
  }),
);
