import type { Language } from '../diagnostic/wording.ts';

export interface TemplateValues {
  readonly name: string;
  readonly timezone: string;
  readonly currency: string;
}

const COMMENTS = {
  es: {
    head: 'El acuerdo entre Marketing y Ventas: qué significa cada etapa, quién responde de ella y qué meta tiene.',
    fields: 'Los datos de un lead. Los de tipo pii (personales) se guardan aparte.',
    funnel: 'Las etapas, en orden. Un lead llega a una etapa cuando cumple todos sus criterios.',
    measured: 'Lo que miden las plataformas de anuncios.',
    created: 'Sin criterios: todo lead, desde que se crea.',
    none: 'Una venta cuenta aunque falte una etapa anterior; se muestra como salto.',
    lost: 'Cuándo se pierde un lead, y por qué.',
    dimensions: 'Por qué quieres desglosar.',
    check: 'Revisa este archivo con: tregua agreement check',
  },
  en: {
    head: 'The agreement between Marketing and Sales: what each stage means, who answers for it and its target.',
    fields: 'What is known of a lead. Those marked pii (personal) are kept apart.',
    funnel: 'The stages, in order. A lead reaches a stage when it fulfils all of its criteria.',
    measured: 'What the ad platforms measure.',
    created: 'Without criteria: every lead, from its creation.',
    none: 'A sale counts even where an earlier stage is missing; it is shown as a skip.',
    lost: 'When a lead is lost, and why.',
    dimensions: 'What you want to break down by.',
    check: 'Check this file with: tregua agreement check',
  },
} as const;

/** A commented `tregua.yaml` to begin with; it is a right agreement as it stands. */
export function agreementTemplate(language: Language, values: TemplateValues): string {
  const comment = COMMENTS[language];
  return `# ${comment.head}
# ${comment.check}
tregua: 1
name: ${JSON.stringify(values.name)}
timezone: ${values.timezone}
currency: ${values.currency}
week_starts: monday

areas:
  marketing: { label: { es: Marketing, en: Marketing } }
  sales:     { label: { es: Ventas, en: Sales } }

# ${comment.fields}
fields:
  age:      { type: integer, label: { es: Edad, en: Age } }
  zone:     { type: string, label: { es: Zona, en: Zone } }
  service:  { type: string, label: { es: Servicio, en: Service } }
  seller:   { type: string, label: { es: Vendedor, en: Seller } }
  source:   { type: string, label: { es: Origen, en: Source } }
  campaign: { type: string, label: { es: Campaña, en: Campaign } }
  phone:    { type: string, pii: phone, label: { es: Teléfono, en: Phone } }
  email:    { type: string, pii: email, label: { es: Correo, en: E-mail } }

# ${comment.funnel}
funnel:
  # ${comment.measured}
  - { id: impressions, from: ads.impressions, owner: marketing, label: { es: Impresiones, en: Impressions } }
  - { id: clicks, from: ads.clicks, owner: marketing, label: { es: Clics, en: Clicks } }
  # ${comment.created}
  - { id: lead, owner: marketing, label: { es: Lead, en: Lead } }
  - id: profiled
    label: { es: Lead perfilado, en: Profiled lead }
    owner: marketing
    criteria:
      - id: reachable
        label: { es: Se puede contactar, en: Can be reached }
        rule: lead.phone != "" || lead.email != ""
  - id: qualified
    label: { es: Lead calificado, en: Qualified lead }
    owner: sales
    criteria:
      - id: interested
        label: { es: Interesado en la llamada, en: Interested in the call }
        rule: activities.exists(a, a.type == "call" && a.outcome == "interested")
  - id: sale
    label: { es: Venta, en: Sale }
    owner: sales
    requires: none # ${comment.none}
    criteria:
      - id: won
        label: { es: Hay venta, en: There is a sale }
        rule: activities.exists(a, a.type == "sale")
    value: { sum: amount, where: activity.type == "sale" }

# ${comment.lost}
lost:
  - id: disqualified
    label: { es: Descartado, en: Disqualified }
    rule: activities.exists(a, a.type == "disqualified")
    reason: activity.reason

# ${comment.dimensions}
dimensions:
  - { id: zone, field: zone }
  - { id: age, field: age, bands: [18, 25, 35, 45, 55, 65] }
  - { id: service, field: service }
  - { id: seller, field: seller }
  - { id: campaign, field: campaign }
  - { id: weekday_hour, of: lead.created_at, part: weekday_hour, label: { es: Día y hora, en: Day and hour } }
`;
}
