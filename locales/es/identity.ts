import type { identityEn } from '../en/identity.ts';

export const identityEs: Record<keyof typeof identityEn, string> = {
  'rung.confirmed': 'confirmado a mano',
  'rung.lead_id': 'por el id del lead',
  'rung.crm_id': 'por un id del CRM',
  'rung.click_id': 'por el clic en el anuncio',
  'rung.email': 'por el correo',
  'rung.phone': 'por el teléfono',
  'rung.name': 'por el nombre',
  'key.confirmed': 'decisión',
  'key.lead_id': 'id de lead',
  'key.crm_id': 'id del CRM',
  'key.click_id': 'clic',
  'key.email': 'correo',
  'key.phone': 'teléfono',
  'key.name': 'nombre',
  'doubt.shared': 'Tienen el mismo {key}, pero es uno que comparten muchos',
  'doubt.name': 'Se llaman igual y se crearon con menos de diez minutos de diferencia',
  'doubt.emails': 'Tienen el mismo {key}, pero correos distintos',
  'doubt.several': 'Tienen el mismo {key}, que también está en leads con otros correos',
  'identity.none': 'Cada registro dice de qué lead es: no hay nada que unir.',
  'identity.summary':
    'De {ids} ids de otros sistemas, {joined, plural, =0 {ninguno tiene todavía} one {uno ya tiene} other {# ya tienen}} su lead',
  'identity.alone': 'leads por sí mismos',
  'identity.waiting': 'a la espera de su lead',
  'identity.no_country':
    'Los teléfonos sin prefijo de país no se comparan: pon country: en el acuerdo, por ejemplo country: MX.',
  'identity.doubtful':
    '{count, plural, =0 {No queda ninguna duda por resolver.} one {Una pareja no se puede decidir sin ti} other {# parejas no se pueden decidir sin ti}}',
  'identity.more': 'Y {count, plural, one {una más} other {# más}}.',
  'identity.left':
    '{count, plural, =0 {No queda ninguna pareja} one {Queda una pareja} other {Quedan # parejas}}',
  'identity.unknown': 'No hay ningún registro con el id «{id}»',
  'identity.unknown.hint': 'Mira los ids con tregua identity',
  'identity.itself': '«{id}» es un solo id: hacen falta dos',
  'identity.bad_decision': 'Una decisión necesita source_id, lead_id y verdict (confirm o reject)',
  'identity.what':
    'El formulario conoce al lead, el CRM conoce la venta, y cada uno usa sus propios ids. Aquí ves qué los une; lo que podría ser de dos personas sigue separado hasta que alguien lo diga.',
  'identity.by': 'Qué los une',
  'identity.confirm': 'Son el mismo lead',
  'identity.reject': 'Son dos distintos',
  'identity.at': 'Creado',
  'identity.unknown_source': 'Sin origen',
  'lead.identity_from': '{source}: {id}',
  'lead.identities': 'Unido a este lead',
  'lead.identity': '{id}, {rung}',
  'lead.identity_of': '{id} de {source}, {rung}',
};
