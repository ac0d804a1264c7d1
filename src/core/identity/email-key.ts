/** What of an e-mail address is compared. */
export interface EmailKey {
  /** As Meta hashes it: trimmed, in lower case. */
  readonly meta: string;
  /** As Google hashes it: besides, without what Gmail passes over. */
  readonly google: string;
  /** Our own: as Google's, with Gmail under one name. */
  readonly key: string;
  /** A mailbox that a company shares, such as info@: it names nobody. */
  readonly isShared: boolean;
}

const INVISIBLE = /[\s\u200b-\u200f\u202a-\u202e\u2060\ufeff]/g;

/** Mailboxes of companies, and what people write to fill a field. */
const SHARED_BOXES: ReadonlySet<string> = new Set(
  [
    'admin administracion administracao administration atencion atendimento ayuda billing compras comercial',
    'contact contacto contato correo cuentas customerservice direccion email facturacion facturas financeiro',
    'finanzas gerencia hello help hola hr info informacion informes mail marketing na noemail nomail noreply',
    'notiene nulo office oficina ola pedidos postmaster recepcion recursoshumanos reception reservas rh rrhh',
    'sac sales secretaria service servicio servicioalcliente sincorreo sinemail soporte suporte support team',
    'test tienda vendas ventas web webmaster',
  ].flatMap((line) => line.split(' ')),
);

/**
 * An e-mail address as one key.
 *
 * @returns null where it is no address
 * @example
 * emailKey('a.b+promo@googlemail.com')?.key; // 'ab@gmail.com'
 */
export function emailKey(text: string): EmailKey | null {
  const meta = text.normalize('NFKC').replaceAll(INVISIBLE, '').toLowerCase();
  const match = /^([^@]+)@([^@]+\.[^@]+)$/.exec(meta);
  const [, box, domain] = match ?? [];
  if (box === undefined || domain === undefined) return null;
  const isGmail = domain === 'gmail.com' || domain === 'googlemail.com';
  const bare = isGmail ? box.replace(/\+.*$/, '').replaceAll('.', '') : box;
  return {
    meta,
    google: `${bare}@${domain}`,
    key: `${bare}@${isGmail ? 'gmail.com' : domain}`,
    isShared: SHARED_BOXES.has(box.replace(/\+.*$/, '').replaceAll(/[^a-z]/g, '')),
  };
}
