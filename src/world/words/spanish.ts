import { namesFrom, type Words } from './words.js'

export const spanish: Words = {
  given: namesFrom(
    'Ainhoa Álvaro Begoña Carlos Dolores Ernesto Fátima Gonzalo Irene Joaquín Lucía Martín Nuria Óscar Pilar Raúl'
  ),
  family: namesFrom(
    'Aguilar Benítez Cordero Domínguez Escobar Fuentes Gutiérrez Herrera Ibáñez Lozano Muñoz Ortega Peña Quintana Román Sáez'
  ),
  isFamilyFirst: false,
  topics: [
    'Presupuesto del tercer trimestre',
    'Acta del comité de dirección',
    'Nuevos lectores de tarjetas',
    'Entrega de los repuestos',
    'Plan para la jornada fuera de la oficina',
    'Borrador del informe anual',
    'Impresora de la segunda planta',
    'Invitación al taller',
    'Contrato con el transportista',
    'Comentarios sobre el prototipo',
    'Gastos de viaje',
    'Turnos de vacaciones'
  ],
  sentences: [
    'Adjunto la versión actual; los comentarios son bienvenidos hasta el viernes.',
    'He retrasado la cita media hora, porque dos de nosotros llegamos en tren.',
    'Las cifras son mejores de lo esperado, pero falta revisar la última columna.',
    '¿Podría decirme quién se encarga de la aprobación por su parte?',
    'Mantenemos el proceso antiguo hasta que el nuevo esté probado.',
    'Las piezas han salido del almacén esta mañana y deberían llegar mañana.',
    'No ha cambiado nada en el calendario, solo el orden de las dos charlas.',
    'La semana que viene no estaré en la oficina; Lucía tiene los detalles.',
    'Muchas gracias por la rápida respuesta, con eso queda resuelto.',
    'Si hace buen tiempo, nos vemos fuera, en el lugar de siempre.'
  ],
  greeting: name => `Hola, ${name}:`,
  closing: 'Un saludo',
  reply: 'RE: ',
  meetings: [
    'Revisión semanal',
    'Planificación de la próxima versión',
    'Entrevista',
    'Reunión de presupuesto',
    'Balance'
  ],
  rooms: ['Sala 1.04', 'Sala Sur', 'Biblioteca', 'Comedor'],
  tasks: [
    'Pedir sillas nuevas',
    'Renovar el certificado',
    'Contestar la encuesta',
    'Redactar el acta',
    'Reservar el tren'
  ],
  companies: ['Puentes del Norte', 'Luz del Puerto', 'Roble y Ancla', 'Editorial La Muela'],
  titles: ['Ingeniera', 'Jefe de ventas', 'Contable', 'Compradora', 'Jefe de proyecto'],
  categories: ['Clientes', 'Finanzas', 'Personal']
}
