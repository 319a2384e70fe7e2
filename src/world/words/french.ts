import { namesFrom, type Words } from './words.js'

export const french: Words = {
  given: namesFrom(
    'Amélie Benoît Camille Damien Élodie Franck Geneviève Hervé Inès Jérôme Léa Mathieu Noémie Olivier Pauline Rémi'
  ),
  family: namesFrom(
    'Aubert Bonnet Chevalier Dubois Étienne Fournier Girard Huet Lefèvre Martin Noël Perrin Rousseau Simon Vasseur'
  ),
  isFamilyFirst: false,
  topics: [
    'Budget du troisième trimestre',
    'Compte rendu du comité de pilotage',
    'Nouveaux lecteurs de badges',
    'Livraison des pièces de rechange',
    'Programme du séminaire',
    'Projet de rapport annuel',
    'Imprimante du deuxième étage',
    "Invitation à l'atelier",
    'Contrat avec le transporteur',
    'Remarques sur le prototype',
    'Frais de déplacement',
    'Planning des congés'
  ],
  sentences: [
    'Vous trouverez ci-joint la version actuelle ; vos remarques sont les bienvenues jusqu’à vendredi.',
    "J'ai décalé le rendez-vous d'une demi-heure, car deux d'entre nous viennent en train.",
    'Les chiffres sont meilleurs que prévu, mais la dernière colonne reste à vérifier.',
    'Pourriez-vous me dire qui est chargé de la validation de votre côté ?',
    "Nous gardons l'ancienne procédure jusqu'à ce que la nouvelle soit éprouvée.",
    'Les pièces ont quitté le dépôt ce matin et devraient arriver demain.',
    "Rien n'a changé dans le calendrier, sauf l'ordre des deux exposés.",
    'Je serai absent la semaine prochaine ; Camille est au courant.',
    'Merci de cette réponse rapide, la question est réglée pour nous.',
    "S'il fait beau, nous nous retrouvons dehors à l'endroit habituel."
  ],
  greeting: name => `Bonjour ${name},`,
  closing: 'Cordialement',
  reply: 'RE: ',
  meetings: ['Point hebdomadaire', 'Préparation de la prochaine version', 'Entretien', 'Réunion budgétaire', 'Bilan'],
  rooms: ['Salle 1.04', 'Salle Sud', 'Bibliothèque', 'Cantine'],
  tasks: [
    'Commander des chaises',
    'Renouveler le certificat',
    "Répondre à l'enquête",
    'Rédiger le compte rendu',
    'Réserver le train'
  ],
  companies: ['Ponts du Nord', 'Lumière du Port', 'Chêne et Ancre', 'Éditions de la Meule'],
  titles: ['Ingénieure', 'Directeur commercial', 'Comptable', 'Acheteuse', 'Chef de projet'],
  categories: ['Clients', 'Finances', 'Personnel']
}
