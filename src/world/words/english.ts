import { namesFrom, type Words } from './words.js'

export const english: Words = {
  given: namesFrom(
    'Ada Ben Clara David Elena Farid Greta Hugo Ines Jonas Karla Liam Mira Nils Olga Pablo Quinn Rosa Simon Tara Umar Vera Wim Yara'
  ),
  family: namesFrom(
    'Almeida Bergmann Costa Dijkstra Eriksen Fischer Garcia Hansen Ito Jansen Kovac Lindqvist Moreau Novak Okafor Petrov Quist Rossi Schmidt Tanaka'
  ),
  isFamilyFirst: false,
  topics: [
    'Budget for the third quarter',
    'Minutes of the steering meeting',
    'New badge readers',
    'Delivery of the spare parts',
    'Plan for the offsite',
    'Draft of the annual report',
    'Printer on the second floor',
    'Invitation to the workshop',
    'Contract with the carrier',
    'Feedback on the prototype',
    'Travel expenses',
    'Holiday rota',
    'Security training',
    'Customer visit on Thursday',
    'Network maintenance',
    'Photos of the summer party',
    'Question about the invoice',
    'Updated price list',
    'Welcome to the team',
    'Room change for Monday',
    'Test results of batch 14'
  ],
  sentences: [
    'Please find the current version attached; comments are welcome until Friday.',
    'I have moved the appointment by half an hour, since two of us arrive by train.',
    'The figures look better than expected, but the last column still needs a check.',
    'Could you tell me who is responsible for the approval on your side?',
    'We agreed to keep the old process until the new one has been tested.',
    'The parts left the warehouse this morning and should arrive tomorrow.',
    'Nothing has changed in the schedule, only the order of the two talks.',
    'I will be out of the office next week; Clara has the details.',
    'Many thanks for the quick answer, that settles the matter for us.',
    'The door code stays the same, the badge readers are replaced one by one.',
    'As discussed on the phone, we would like to extend the contract by a year.',
    'Let us know whether you need a quiet room or a projector.',
    'The test ran through without errors, the report is on the shared drive.',
    'Before we decide, I would like to hear what the colleagues in Porto think.',
    'The invoice number in the subject is wrong, the one in the document is right.',
    'If the weather holds, we meet outside at the usual place.'
  ],
  greeting: name => `Dear ${name},`,
  closing: 'Kind regards',
  reply: 'RE: ',
  meetings: [
    'Weekly review',
    'Planning of the next release',
    'Interview',
    'Budget talk',
    'Call with the supplier',
    'Workshop on quality',
    'Stand-up',
    'Lessons learned'
  ],
  rooms: ['Room 1.04', 'Room 2.17', 'Library', 'Canteen'],
  tasks: [
    'Order new chairs',
    'Renew the certificate',
    'Answer the survey',
    'Check the travel expenses',
    'Write the minutes',
    'Book the train',
    'Tidy the archive',
    'Call the landlord'
  ],
  companies: ['Northwind Bridges', 'Harbour Light', 'Oak & Anchor', 'Blue Ferry Lines', 'Millstone Press'],
  titles: ['Engineer', 'Head of Sales', 'Accountant', 'Buyer', 'Project manager', 'Trainee'],
  categories: ['Customers', 'Finance', 'Private']
}
