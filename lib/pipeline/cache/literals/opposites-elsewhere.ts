import { themselves, toForms } from './lists.ts';

/** The commonest words with an opposite in other languages than English. */
export const oppositesElsewhere = [
  ...themselves(
    'mehr weniger vor nach vorher nachher ab aus höher niedriger größer kleiner älter jünger besser schlechter',
  ),
  ...themselves(
    'erhöhen senken steigern verringern reduzieren öffnen schließen starten beenden stoppen hinzufügen entfernen löschen',
  ),
  ...themselves(
    'aktivieren deaktivieren einschalten ausschalten installieren deinstallieren kaufen verkaufen hochladen herunterladen',
  ),
  ...themselves(
    'vorteile nachteile erste ersten erster letzte letzten letzter billigste teuerste maximal minimal alle nur immer',
  ),
  ...themselves(
    'moins avant après augmenter diminuer réduire baisser ouvrir fermer démarrer arrêter ajouter supprimer activer désactiver',
  ),
  ...themselves(
    'acheter vendre installer désinstaller premier première dernier dernière meilleur pire cher chère tous toutes seulement toujours',
  ),
  ...themselves(
    'más menos antes después aumentar reducir subir bajar abrir cerrar iniciar detener añadir agregar quitar eliminar activar desactivar',
  ),
  ...themselves(
    'comprar vender instalar desinstalar primero primera último última mejor peor caro barato todos todas solo siempre',
  ),
  ...themselves(
    'più meno prima dopo aumentare ridurre aprire chiudere aggiungere rimuovere attivare disattivare comprare vendere primo ultimo',
  ),
  ...themselves('mais depois diminuir fechar adicionar remover ativar desativar primeiro último melhor pior sempre'),
  ...themselves(
    'meer minder voor na verhogen verlagen openen sluiten toevoegen verwijderen inschakelen uitschakelen kopen verkopen eerste laatste',
  ),
  ...toForms({ más: 'mas' }),
];
