/** An example for each mapping of the reference, by its title; together they show every key. A test reads them. */
export const examples: Readonly<Record<string, string>> = {
  World: `
ropewalk: 1
name: office
organization: Office
domain: office.example
domains: [branch.example]
personality: exchange2016
now: 2026-01-05T09:00:00Z
addressLists: [{ name: Berlin, filter: { city: Berlin } }]
users: [{ address: kim@office.example, name: Kim Kowalski, password: kim }]
sharedMailboxes: [{ address: team@office.example, name: Team }]
rooms: [{ address: room1@office.example, name: Room 1, roomCapacity: 12 }]
equipment: [{ address: beamer@office.example, name: Projector }]
roomLists: [{ address: rooms@office.example, name: Rooms, members: [room1@office.example] }]
groups: [{ address: all@office.example, name: Everybody, filter: { kinds: [user] } }]
contacts: [{ address: zoe@elsewhere.example, name: Zoe Zander }]
publicFolderMailbox: { address: folders@office.example }
publicFolders: [{ path: News }]`,
  'Address list': `
name: Berlin
under: Europe
filter: { kinds: [user, contact], city: Berlin }`,
  User: `
address: kim@office.example
name: Kim Kowalski
password: kim
aliases: [kim.kowalski@office.example]
proxyAddresses: ["X500:/o=Former/cn=Recipients/cn=kim"]
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=kim
hidden: false
disabled: false
manager: lee@office.example
delegates:
  - sam@office.example
  - { who: lee@office.example, folders: { calendar: editor } }
opens: [team@office.example]
roles: [organizationAdministrator, publicFolderOwner]
limits: { warning: 1.9 GB, send: 2 GB, receive: 2.3 GB }
homeServer: mail2.office.example
culture: de-DE
locale: de-DE # or rather: culture
folders: [{ path: inbox, generate: { seed: 1, messages: 500 } }]`,
  Resource: `
address: room1@office.example
name: Room 1
aliases: [hall@office.example]
proxyAddresses: ["X500:/o=Former/cn=Recipients/cn=room1"]
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=room1
hidden: false
manager: kim@office.example
disabled: false
delegates: [kim@office.example]
opens: []
roles: []
limits: { receiveMessage: 10 MB }
homeServer: mail2.office.example:8443
culture: en-US
locale: en-US # or rather: culture
folders: [{ path: calendar, permissions: [{ who: default, rights: freeBusyDetailed }] }]
password: secret`,
  Delegate: `
who: lee@office.example
sendOnBehalf: false
folders: { calendar: editor, inbox: reviewer, Projects/Alpha: [folderVisible, readAny] }`,
  'Room list': `
address: rooms@office.example
name: Rooms
aliases: [halls@office.example]
proxyAddresses: []
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=rooms
hidden: false
manager: kim@office.example
managers: [kim@office.example]
delegates: []
members: [room1@office.example, room2@office.example]`,
  Group: `
address: engineers@office.example
name: Engineers
aliases: [technik@office.example]
proxyAddresses: []
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=engineers
hidden: false
manager: kim@office.example
managers: [kim@office.example]
delegates: [lee@office.example]
members: [kim@office.example, zoe@elsewhere.example]
filter: { kinds: [user], title: Engineer } # instead of members`,
  Contact: `
address: zoe@elsewhere.example
name: Zoe Zander
aliases: [z.zander@elsewhere.example]
proxyAddresses: ["X400:c=US;a= ;p=Elsewhere;s=Zander"]
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=zoe
hidden: false
manager: kim@office.example`,
  'Public folder mailbox': `
address: folders@office.example
name: All Public Folders
limits: { send: 10 GB }
homeServer: mail2.office.example
culture: en-US`,
  'Public folder': `
path: News/2026
class: IPF.Note
permissions: [{ who: default, rights: reviewer }, { who: kim@office.example, rights: owner }]
mail: { address: news@office.example }
replicas: [here, mail2.office.example]
messages: [{ subject: First news, from: kim@office.example }]
appointments: []
contacts: []
tasks: []
notes: []
generate: { seed: 1, messages: 20 }`,
  'Mail of a public folder': `
address: news@office.example
name: News
aliases: [neues@office.example]
proxyAddresses: []
legacyDn: /o=Office/ou=Exchange Administrative Group (FYDIBOHF23SPDLT)/cn=Recipients/cn=news
hidden: false
manager: kim@office.example
delegates: [kim@office.example]`,
  Limits: `
warning: 1.9 GB
send: 2 GB
receive: 2.3 GB
sendMessage: 25 MB
receiveMessage: 36700160`,
  Filter: `
kinds: [user, contact]
domains: [office.example]
department: Sales
city: Berlin`,
  Folder: `
path: Projects/Alpha
class: IPF.Note
permissions: [{ who: default, rights: reviewer }]
messages: [{ subject: Kick-off, from: Lee Lindqvist <lee@office.example> }]
appointments: []
contacts: []
tasks: []
notes: []
generate: { seed: alpha, messages: 100 }`,
  Permission: `
who: lee@office.example
rights: [folderVisible, readAny, create]`,
  Message: `
subject: "RE: Figures"
from: Lee Lindqvist <lee@office.example>
sender: Sam Santos <sam@office.example>
to: [kim@office.example]
cc: ["Zoe Zander <zoe@elsewhere.example>"]
bcc: [boss@office.example]
replyTo: [figures@office.example]
received: 2026-01-04T08:30:00Z
sent: 2026-01-04T08:29:58Z
read: true
draft: false
importance: high
sensitivity: confidential
messageClass: IPM.Note
categories: [Finance]
flag: { due: 2026-01-06T17:00:00Z }
messageId: <2@office.example>
inReplyTo: <1@office.example>
body: See the picture.
html: <p>See the picture. <img src="cid:figures"></p>
attachments: [{ name: figures.png, file: figures.png, contentType: image/png, contentId: figures }]`,
  Flag: `
status: complete
request: Call back
start: 2026-01-05T08:00:00Z
due: 2026-01-06T17:00:00Z
completed: 2026-01-06T16:00:00Z
reminder: 2026-01-06T15:00:00Z`,
  Attachment: `
name: figures.png
contentType: image/png
file: figures.png # or one of these:
text: A text
base64: iVBORw0KGgo=
size: 2 MB
message: { subject: A message inside, from: zoe@elsewhere.example }
contentId: figures
inline: true`,
  Appointment: `
subject: Planning
start: 2026-01-07T10:00:00+01:00
end: 2026-01-07T11:00:00+01:00
duration: 60 # instead of the end
allDay: false
location: Room 1
busy: busy
organizer: lee@office.example
attendees: [kim@office.example, { who: room1@office.example, kind: resource, response: accepted }]
response: tentative
reminder: 15
importance: normal
sensitivity: private
categories: [Projects]
body: Please bring your figures.
html: <p>Please bring your figures.</p>
attachments: [{ name: agenda.txt, text: Figures }]`,
  Attendee: `
who: Zoe Zander <zoe@elsewhere.example>
kind: optional
response: declined`,
  'Contact in a folder': `
name: Zoe Zander
fileAs: Zander (Elsewhere)
emails: [Zoe <zoe@elsewhere.example>]
givenName: Zoe
surname: Zander
company: Elsewhere
businessPhone: "+1 555 0100"
sensitivity: normal
categories: [Customers]
body: Met at the fair.`,
  Task: `
subject: Write the report
start: 2026-01-05
due: 2026-01-09
status: complete
percentComplete: 1
completed: 2026-01-08
owner: kim@office.example
estimate: 240
spent: 300
reminder: 2026-01-08T08:00:00Z
importance: high
sensitivity: normal
categories: [Finance]
body: With all figures.
attachments: []`,
  Note: `
body: "Milk\\nBread"
color: green
categories: [Private]`,
  Generate: `
seed: 42
messages: 1000
appointments: 50
contacts: 20
tasks: 10
days: 365
ahead: 30
languages: [en, de, ja]
unread: 0.2
replies: 0.35
html: 0.5
categories: 0.1
flags: 0.05
meetings: 0.05
attachments: 0.1
large: 0.01
largeSize: 5 MB`,
  Attributes: `
givenName: Kim
middleName: K.
surname: Kowalski
initials: KK
generation: Jr.
namePrefix: Dr.
nickname: Kimmy
printableName: Kim Kowalski
phoneticDisplayName: Kim Kovalski
phoneticGivenName: Kim
phoneticSurname: Kovalski
phoneticCompany: Offis
phoneticDepartment: Tecnic
title: Engineer
company: Office
department: Technics
office: "1.04"
profession: Engineer
assistant: Sam Santos
assistantPhone: "+1 555 0101"
businessPhone: "+1 555 0102"
businessPhones: ["+1 555 0103"]
homePhone: "+1 555 0104"
homePhones: ["+1 555 0105"]
mobilePhone: "+1 555 0106"
otherPhone: "+1 555 0107"
companyPhone: "+1 555 0108"
pager: "+1 555 0109"
fax: "+1 555 0110"
homeFax: "+1 555 0111"
telex: "112233"
ttyPhone: "+1 555 0112"
street: Main Street 1
postOfficeBox: "4711"
city: Berlin
state: Berlin
postalCode: "10115"
country: Germany
homeStreet: Side Street 2
homeCity: Potsdam
homeState: Brandenburg
homePostalCode: "14467"
homeCountry: Germany
homePostOfficeBox: "11"
webPage: https://office.example/kim
notes: Knows the archive.
language: de-DE
spouse: Pat Kowalski
hobbies: Sailing
birthday: 1980-02-29
weddingAnniversary: 2005-05-05
employeeId: "1047"
seniority: 3
roomCapacity: 12
roomDescription: Projector, quiet
mailTips: ["default:Answers on Mondays"]
richText: true
moderated: false
photo: photos/kim.jpg
spokenName: { base64: UklGRg== }
certificates: [certificates/kim.pem]
smimeCertificates: [certificates/kim.p7b]
custom1: "1"
custom2: "2"
custom3: "3"
custom4: "4"
custom5: "5"
custom6: "6"
custom7: "7"
custom8: "8"
custom9: "9"
custom10: "10"
custom11: "11"
custom12: "12"
custom13: "13"
custom14: "14"
custom15: "15"`
}
