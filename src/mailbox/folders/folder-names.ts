/** Display names of the special folders by language; a mailbox keeps the names that it was made with. */

import type { SpecialFolderName } from './special-folders.js'

type Names = Record<SpecialFolderName, string>

const english: Names = {
  root: 'Root Container',
  deferredAction: 'Deferred Action',
  spoolerQueue: 'Spooler Queue',
  shortcuts: 'Shortcuts',
  finder: 'Finder',
  views: 'Views',
  commonViews: 'Common Views',
  ipmSubtree: 'Top of Information Store',
  sentItems: 'Sent Items',
  deletedItems: 'Deleted Items',
  outbox: 'Outbox',
  inbox: 'Inbox',
  calendar: 'Calendar',
  contacts: 'Contacts',
  drafts: 'Drafts',
  journal: 'Journal',
  notes: 'Notes',
  tasks: 'Tasks',
  schedule: 'Schedule',
  freebusyData: 'Freebusy Data',
  junkEmail: 'Junk E-mail',
  syncIssues: 'Sync Issues',
  conflicts: 'Conflicts',
  localFailures: 'Local Failures',
  serverFailures: 'Server Failures',
  reminders: 'Reminders',
  rssFeeds: 'RSS Feeds',
  conversationActions: 'Conversation Action Settings',
  quickSteps: 'Quick Step Settings',
  suggestedContacts: 'Suggested Contacts',
  quickContacts: 'Quick Contacts',
  imContactList: 'IM Contact List',
  recipientCache: 'Recipient Cache'
}

/** Only what differs from English, by primary language ([MS-LCID]: the low ten bits of an LCID). */
const byLanguage: ReadonlyMap<number, Partial<Names>> = new Map([
  [
    0x07,
    {
      ipmSubtree: 'Oberste Ebene des Informationsspeichers',
      sentItems: 'Gesendete Elemente',
      deletedItems: 'Gelöschte Elemente',
      outbox: 'Postausgang',
      inbox: 'Posteingang',
      calendar: 'Kalender',
      contacts: 'Kontakte',
      drafts: 'Entwürfe',
      notes: 'Notizen',
      tasks: 'Aufgaben',
      junkEmail: 'Junk-E-Mail',
      syncIssues: 'Synchronisierungsprobleme',
      conflicts: 'Konflikte',
      localFailures: 'Lokale Fehler',
      serverFailures: 'Serverfehler',
      reminders: 'Erinnerungen',
      rssFeeds: 'RSS-Feeds',
      conversationActions: 'Einstellungen für Unterhaltungsaktionen',
      quickSteps: 'QuickStep-Einstellungen',
      suggestedContacts: 'Vorgeschlagene Kontakte'
    }
  ],
  [
    0x0c,
    {
      ipmSubtree: "Banque d'informations",
      sentItems: 'Éléments envoyés',
      deletedItems: 'Éléments supprimés',
      outbox: "Boîte d'envoi",
      inbox: 'Boîte de réception',
      calendar: 'Calendrier',
      contacts: 'Contacts',
      drafts: 'Brouillons',
      tasks: 'Tâches',
      junkEmail: 'Courrier indésirable',
      syncIssues: 'Problèmes de synchronisation',
      conflicts: 'Conflits',
      localFailures: 'Défaillances locales',
      serverFailures: 'Défaillances du serveur',
      reminders: 'Rappels',
      rssFeeds: 'Flux RSS',
      conversationActions: 'Paramètres des actions de conversation',
      quickSteps: 'Paramètres des actions rapides',
      suggestedContacts: 'Contacts suggérés'
    }
  ],
  [
    0x13,
    {
      ipmSubtree: 'Bovenste niveau van gegevensarchief',
      sentItems: 'Verzonden items',
      deletedItems: 'Verwijderde items',
      outbox: 'Postvak UIT',
      inbox: 'Postvak IN',
      calendar: 'Agenda',
      contacts: 'Contactpersonen',
      drafts: 'Concepten',
      journal: 'Logboek',
      notes: 'Notities',
      tasks: 'Taken',
      junkEmail: 'Ongewenste e-mail',
      syncIssues: 'Synchronisatieproblemen',
      conflicts: 'Conflicten',
      localFailures: 'Lokale fouten',
      serverFailures: 'Serverfouten',
      reminders: 'Herinneringen',
      rssFeeds: 'RSS-feeds',
      conversationActions: 'Instellingen voor gespreksacties',
      quickSteps: 'Instellingen voor snelle stappen',
      suggestedContacts: 'Voorgestelde contactpersonen'
    }
  ]
])

/** Name of a special folder in the language of `localeId`, in English where the language has none. */
export function specialFolderDisplayName(name: SpecialFolderName, localeId: number): string {
  return byLanguage.get(localeId & 0x3ff)?.[name] ?? english[name]
}
