import { namesFrom, type Words } from './words.js'

export const dutch: Words = {
  given: namesFrom(
    'Anouk Bram Carolien Daan Eline Floris Geert Hanneke Ilse Jeroen Karin Lotte Maarten Noor Pieter Sanne'
  ),
  family: namesFrom(
    'Bakker Boer Claessens Dekker Gerritsen Hendriks Jacobs Kuipers Meijer Mulder Peeters Smit Timmermans Visser Vos Willems'
  ),
  isFamilyFirst: false,
  topics: [
    'Begroting voor het derde kwartaal',
    'Verslag van de stuurgroep',
    'Nieuwe badgelezers',
    'Levering van de reserveonderdelen',
    'Plan voor de heidag',
    'Concept van het jaarverslag',
    'Printer op de tweede verdieping',
    'Uitnodiging voor de workshop',
    'Contract met de vervoerder',
    'Reacties op het prototype',
    'Reiskosten',
    'Vakantierooster'
  ],
  sentences: [
    'Bijgevoegd de laatste versie; opmerkingen graag voor vrijdag.',
    'Ik heb de afspraak een half uur verzet, omdat twee van ons met de trein komen.',
    'De cijfers zien er beter uit dan verwacht, alleen de laatste kolom moet nog worden nagekeken.',
    'Kun je me vertellen wie bij jullie over de goedkeuring gaat?',
    'We houden de oude werkwijze aan tot de nieuwe is getest.',
    'De onderdelen zijn vanochtend uit het magazijn vertrokken en komen morgen aan.',
    'Aan het programma is niets veranderd, alleen de volgorde van de twee lezingen.',
    'Volgende week ben ik er niet; Hanneke weet ervan.',
    'Bedankt voor het snelle antwoord, daarmee is de zaak voor ons rond.',
    'Bij mooi weer zien we elkaar buiten op de bekende plek.'
  ],
  greeting: name => `Beste ${name},`,
  closing: 'Met vriendelijke groet',
  reply: 'RE: ',
  meetings: [
    'Weekoverleg',
    'Planning van de volgende uitgave',
    'Sollicitatiegesprek',
    'Begrotingsoverleg',
    'Terugblik'
  ],
  rooms: ['Kamer 1.04', 'Vergaderzaal Zuid', 'Bibliotheek', 'Kantine'],
  tasks: [
    'Nieuwe stoelen bestellen',
    'Certificaat vernieuwen',
    'Enquête invullen',
    'Verslag schrijven',
    'Trein boeken'
  ],
  companies: ['Bruggenbouw Noordenwind', 'Havenlicht', 'Eik en Anker', 'Molensteen Uitgevers'],
  titles: ['Ingenieur', 'Hoofd verkoop', 'Boekhouder', 'Inkoper', 'Projectleider'],
  categories: ['Klanten', 'Financiën', 'Privé']
}
