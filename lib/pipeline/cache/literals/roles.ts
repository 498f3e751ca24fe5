import { themselves, toForms } from './lists.ts';

/** For whom an answer is: what is good for one may harm the other. */
export const roles = [
  ...themselves('husband wife brother sister'),
  ...toForms({
    adult: 'adults, grown-up, grown-ups, erwachsene, erwachsener, adulto, adultos, adulte, adultes',
    child: 'children, kid, kids, kinder, kindern, niño, niños, enfant, enfants',
    baby: 'babies, infant, infants, newborn, newborns, toddler, toddlers',
    teenager: 'teenagers, teen, teens, adolescent, adolescents',
    elderly: 'senior, seniors, pensioner, pensioners',
    pregnant: 'pregnancy, schwanger, schwangerschaft, embarazada, embarazo, enceinte, grossesse',
    breastfeeding: 'nursing',
    man: 'men, male, males',
    woman: 'women, female, females',
    boy: 'boys',
    girl: 'girls',

    mother: 'mum, mom',
    father: 'dad',

    cat: 'cats, kitten, kittens',
    dog: 'dogs, puppy, puppies, hund, hunde, perro, chien',
    pet: 'pets',
    employer: 'employers, arbeitgeber',
    employee: 'employees, arbeitnehmer',
    tenant: 'tenants, mieter',
    landlord: 'landlords, vermieter',
    buyer: 'buyers, käufer',
    seller: 'sellers, verkäufer',
    lender: 'lenders',
    borrower: 'borrowers',
    manager: 'managers',
    student: 'students',
    teacher: 'teachers',
    diabetic: 'diabetics',
    client: 'clients',
    server: 'servers',
    row: 'rows',
    column: 'columns',
    file: 'files',
    folder: 'folders, directory, directories',
  }),
];
