/** A world with everything that worlds can say, small enough to be applied many times. */
export const COMPANY = `
ropewalk: 1
name: company
organization: Ropewalk
domain: company.test
domains: [branch.test]
personality: exchange2016
now: 2026-01-05T09:00:00Z
addressLists:
  - { name: Berlin, under: Europe, filter: { city: Berlin } }
  - { name: Europe, filter: { kinds: [user, contact] } }
users:
  - address: ann@company.test
    name: Ann Arbor
    password: secret
    aliases: [a.arbor@company.test]
    proxyAddresses: ["X500:/o=Old/cn=Recipients/cn=ann"]
    manager: bo@branch.test
    givenName: Ann
    surname: Arbor
    phoneticSurname: Abor
    title: Engineer
    office: "1.04"
    city: Berlin
    businessPhones: ["+49 555 0101", "+49 555 0102"]
    birthday: 1980-02-29
    seniority: 7
    custom15: fifteen
    photo: { base64: /9j/4AAQ }
    opens: [team@company.test]
    roles: [organizationAdministrator, publicFolderOwner]
    limits: { warning: 1.9 GB, send: 2 GB, sendMessage: 25 MB }
    culture: de-DE
    delegates:
      - cy@company.test
      - who: bo@branch.test
        folders: { calendar: editor, Projects/Alpha: reviewer }
    folders:
      - path: inbox
        permissions: [{ who: staff@company.test, rights: [folderVisible, readAny] }]
        messages:
          - subject: "RE: Hello"
            from: Bo Branch <bo@branch.test>
            to: [ann@company.test]
            cc: ["Stranger <stranger@elsewhere.test>"]
            replyTo: [cy@company.test]
            received: 2026-01-04T08:00:00Z
            sent: 2026-01-04T07:59:00Z
            importance: high
            sensitivity: confidential
            categories: [Red, Blue]
            messageId: <two@company.test>
            inReplyTo: <one@company.test>
            flag: { request: Call back, due: 2026-01-06T12:00:00Z, reminder: 2026-01-06T11:00:00Z }
            body: Plain
            html: <p>Rich <img src="cid:dot@company"></p>
            attachments:
              - { name: note.txt, contentType: text/plain, text: hello }
              - { name: dot.png, contentType: image/png, base64: iVBORw==, contentId: dot@company }
              - { name: big.bin, size: 40 KB }
              - message: { subject: Inside, from: cy@company.test, attachments: [{ name: deep.txt, text: deep }] }
          - { subject: A draft, draft: true, to: [bo@branch.test] }
        generate: { seed: 1, messages: 300, html: 0.2, categories: 0.2, flags: 0.1, meetings: 0.1, languages: [en, ja] }
      - path: sentItems
        messages:
          - { subject: Hello, messageId: <one@company.test>, to: [bo@branch.test], received: 2026-01-03T08:00:00Z, read: true }
      - path: calendar
        permissions: [{ who: default, rights: freeBusyDetailed }]
        appointments:
          - subject: Jour fixe
            start: 2026-01-07T10:00:00+01:00
            end: 2026-01-07T11:00:00+01:00
            location: Room 1
            reminder: 10
            attendees: [bo@branch.test, { who: room@company.test, kind: resource, response: accepted }]
          - { subject: Dentist, start: 2026-01-08T08:00:00Z, duration: 45, sensitivity: private, busy: outOfOffice }
          - { subject: Their meeting, start: 2026-01-09T08:00:00Z, organizer: bo@branch.test, response: tentative }
          - { subject: Fair, start: 2026-01-10T00:00:00+01:00, allDay: true }
        generate: { seed: 2, appointments: 20 }
      - path: contacts
        contacts:
          - name: Zoe Zander
            givenName: Zoe
            surname: Zander
            emails: [Zoe <zoe@elsewhere.test>, bo@branch.test]
            businessPhone: "+49 555 0103"
            street: Main Street 1
            city: Berlin
            postalCode: "10115"
            country: Germany
            birthday: 1990-05-06
            photo: { base64: /9j/4AAQ }
        generate: { seed: 3, contacts: 10, languages: [de, ar] }
      - path: tasks
        tasks:
          - { subject: Write report, start: 2026-01-05, due: 2026-01-09, status: inProgress, percentComplete: 0.5 }
          - { subject: Old, due: 2025-12-01, status: complete, completed: 2025-11-30 }
        generate: { seed: 4, tasks: 10 }
      - path: notes
        notes: [{ body: "Remember\\nthe milk", color: pink, categories: [Red] }]
      - path: Projects/Alpha
        messages: [{ subject: Same }, { subject: Same }]
  - address: bo@branch.test
    name: Bo Branch
    password: secret
    disabled: true
    hidden: true
  - { address: cy@company.test, name: Cy Clone, password: secret, locale: nl-NL }
sharedMailboxes:
  - { address: team@company.test, name: Team, folders: [{ path: inbox, messages: [{ subject: For all }] }] }
rooms:
  - { address: room@company.test, name: Room 1, roomCapacity: 12, roomDescription: Quiet }
equipment:
  - { address: beamer@company.test, name: Beamer }
roomLists:
  - { address: rooms@company.test, name: Rooms, members: [room@company.test] }
groups:
  - { address: staff@company.test, name: Staff, members: [ann@company.test, cy@company.test], managers: [bo@branch.test], delegates: [ann@company.test] }
  - { address: berlin@company.test, name: Berlin people, filter: { kinds: [user], city: Berlin }, managers: [ann@company.test] }
contacts:
  - { address: zoe@elsewhere.test, name: Zoe Zander, company: Elsewhere, manager: ann@company.test }
publicFolderMailbox: { address: folders@company.test, name: All Folders, limits: { send: 1 GB } }
publicFolders:
  - path: News
    class: IPF.Note
    permissions: [{ who: default, rights: reviewer }, { who: ann@company.test, rights: owner }]
    mail: { address: news@company.test, title: Newsroom, aliases: [neues@company.test] }
    messages: [{ subject: First news, from: ann@company.test }]
  - path: News/Archive
    generate: { seed: 5, messages: 20 }
`
