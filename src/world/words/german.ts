import { namesFrom, type Words } from './words.js'

export const german: Words = {
  given: namesFrom(
    'Anna Bernd Claudia Dieter Elke Florian Gisela Heiko Ilse Jürgen Katrin Lukas Monika Norbert Petra Rüdiger'
  ),
  family: namesFrom(
    'Albrecht Böhm Dörfler Engel Franke Günther Hoffmann Jäger Krüger Lehmann Müller Neumann Schröder Vogel Weiß Zimmermann'
  ),
  isFamilyFirst: false,
  topics: [
    'Haushalt für das dritte Quartal',
    'Protokoll der Lenkungsrunde',
    'Neue Ausweisleser',
    'Lieferung der Ersatzteile',
    'Planung für die Klausur',
    'Entwurf des Jahresberichts',
    'Drucker im zweiten Stock',
    'Einladung zum Workshop',
    'Vertrag mit der Spedition',
    'Rückmeldung zum Prototyp',
    'Reisekosten',
    'Urlaubsplan',
    'Überarbeitete Preisliste',
    'Raumänderung am Montag'
  ],
  sentences: [
    'Anbei die aktuelle Fassung; Anmerkungen gern bis Freitag.',
    'Ich habe den Termin um eine halbe Stunde verschoben, weil zwei von uns mit der Bahn kommen.',
    'Die Zahlen sehen besser aus als erwartet, nur die letzte Spalte müsste noch geprüft werden.',
    'Könnten Sie mir sagen, wer bei Ihnen für die Freigabe zuständig ist?',
    'Wir bleiben beim alten Ablauf, bis der neue erprobt ist.',
    'Die Teile haben heute früh das Lager verlassen und müssten morgen ankommen.',
    'Am Zeitplan hat sich nichts geändert, nur an der Reihenfolge der beiden Vorträge.',
    'Nächste Woche bin ich nicht im Büro; Claudia weiß Bescheid.',
    'Vielen Dank für die schnelle Antwort, damit ist die Sache für uns erledigt.',
    'Der Test lief fehlerfrei durch, der Bericht liegt auf dem gemeinsamen Laufwerk.',
    'Die Rechnungsnummer im Betreff ist falsch, die im Dokument stimmt.',
    'Bei gutem Wetter treffen wir uns draußen am üblichen Ort.'
  ],
  greeting: name => `Guten Tag ${name},`,
  closing: 'Viele Grüße',
  reply: 'AW: ',
  meetings: [
    'Wochenbesprechung',
    'Planung der nächsten Ausgabe',
    'Vorstellungsgespräch',
    'Haushaltsrunde',
    'Abstimmung mit dem Lieferanten',
    'Rückblick'
  ],
  rooms: ['Raum 1.04', 'Besprechungsraum Süd', 'Bibliothek', 'Kantine'],
  tasks: [
    'Neue Stühle bestellen',
    'Zertifikat erneuern',
    'Umfrage beantworten',
    'Reisekosten prüfen',
    'Protokoll schreiben',
    'Bahnfahrt buchen'
  ],
  companies: ['Brückenbau Nordwind', 'Hafenlicht GmbH', 'Eiche & Anker', 'Mühlsteinverlag'],
  titles: ['Ingenieurin', 'Vertriebsleiter', 'Buchhalterin', 'Einkäufer', 'Projektleiterin'],
  categories: ['Kunden', 'Finanzen', 'Privat']
}
