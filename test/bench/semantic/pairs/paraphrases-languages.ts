import { alike } from '../pair.ts';

/** German, Spanish and French: each said twice in its language. */
export const languages = alike('other language', [
  ['Wie kann ich mein Passwort zurücksetzen?', 'Ich habe mein Passwort vergessen, wie setze ich es zurück?'],
  ['Wie kündige ich mein Abo?', 'Was muss ich tun, um mein Abo zu beenden?'],
  ['Wie lange dauert die Lieferung?', 'Wie lange braucht die Lieferung?'],
  ['Kann ich auf Rechnung bezahlen?', 'Ist eine Zahlung auf Rechnung möglich?'],
  ['Wie hoch ist der Zugspitzgipfel?', 'Welche Höhe hat der Zugspitzgipfel?'],
  ['Was ist die Hauptstadt von Kanada?', 'Wie heißt die Hauptstadt von Kanada?'],
  ['¿Cómo puedo cambiar mi contraseña?', '¿Qué hago para cambiar mi contraseña?'],
  ['¿Cuánto tarda el envío?', '¿Cuánto tiempo tarda en llegar el pedido?'],
  ['¿Puedo devolver un producto usado?', '¿Se puede devolver un producto que ya usé?'],
  ['¿Cuál es la capital de Perú?', '¿Qué ciudad es la capital de Perú?'],
  ['¿Cómo solicito vacaciones?', '¿Cuál es el proceso para pedir vacaciones?'],
  ['¿Qué efectos secundarios tiene la aspirina?', '¿Cuáles son los efectos secundarios de la aspirina?'],
  ['Comment annuler ma commande ?', 'Je voudrais annuler ma commande, comment faire ?'],
  ['Où est mon colis ?', 'Où se trouve mon colis ?'],
  ['Quels sont vos horaires ?', "Quels sont vos horaires d'ouverture ?"],
  ['Puis-je payer par chèque ?', 'Est-il possible de payer par chèque ?'],
  ['Qui a peint la Joconde ?', 'Quel peintre est l’auteur de la Joconde ?'],
  ['Comment réduire mes impôts ?', 'Que faire pour payer moins d’impôts ?'],
]);
