import { describe, expect, test } from 'vitest';
import { phoneCountry } from './country.ts';
import { emailKey } from './email-key.ts';
import { keyForms } from './key-forms.ts';
import { nameKey } from './name-key.ts';
import { isPhoneCountry, phoneKey } from './phone-key.ts';

function keyOf(text: string, country: string): string | null {
  const reading = phoneKey(text, isPhoneCountry(country) ? country : null);
  return reading === null || reading === 'lost' ? reading : reading.key;
}

describe('a phone number', () => {
  test.each([
    '+52 1 55 1234 5678',
    '5215512345678',
    '15512345678',
    '044 55 1234 5678',
    '045 55 1234 5678',
    '01 55 1234 5678',
    'p:+5215512345678',
    "'+5215512345678",
    'whatsapp:+5215512345678',
    '525512345678',
    '55 1234 5678',
    '0052 55 1234 5678',
  ])('of Mexico written as "%s"', (text) => {
    expect(keyOf(text, 'MX')).toBe('+525512345678');
  });

  test.each([
    '+54 9 11 2345-6789',
    '+54 11 15 2345-6789',
    '11 15 2345-6789',
    '011 2345-6789',
    '+541123456789',
  ])('of Argentina written as "%s"', (text) => {
    expect(keyOf(text, 'AR')).toBe('+541123456789');
  });

  test.each([
    ['+55 11 91234-5678', 'BR', '+551112345678'],
    ['+55 11 98123-4567', 'BR', '+551181234567'],
    ['whatsapp:551181234567', 'MX', '+551181234567'],
    ['+55 11 3333-4444', 'BR', '+551133334444'],
    ['612.34.56.78', 'ES', '+34612345678'],
    ['0034612345678', 'ES', '+34612345678'],
    ['3001234567', 'CO', '+573001234567'],
    ['987 654 321', 'PE', '+51987654321'],
    ['0991234567', 'EC', '+593991234567'],
    ['+1 305 444 0100', 'MX', '+13054440100'],
  ])('"%s" in %s', (text, country, key) => {
    expect(keyOf(text, country)).toBe(key);
  });

  test('that a spreadsheet destroyed is lost', () => {
    expect(phoneKey('5.51234567890E+11', 'MX')).toBe('lost');
  });

  test.each(['0000000000', 'no tiene', '', '123'])('"%s" is none', (text) => {
    expect(phoneKey(text, 'MX')).toBeNull();
  });

  test('of one digit again and again names nobody', () => {
    expect(phoneKey('5555555555', 'MX')).toMatchObject({ isShared: true });
    expect(phoneKey('55 1234 5678', 'MX')).toMatchObject({ isShared: false });
  });

  test('without a country code cannot be told where no country is known', () => {
    expect(phoneKey('612 345 678', null)).toBeNull();
    expect(phoneKey('+34 612 345 678', null)).toMatchObject({ key: '+34612345678' });
  });

  test('has the country of the agreement, else of a currency that only one has', () => {
    expect(phoneCountry('ES', 'EUR')).toBe('ES');
    expect(phoneCountry(null, 'MXN')).toBe('MX');
    expect(phoneCountry('US', 'MXN')).toBe('US');
    expect(phoneCountry(null, 'EUR')).toBeNull();
  });
});

describe('an e-mail address', () => {
  test('of Gmail without its dots and what follows a plus', () => {
    expect(emailKey(' Cloudy.SanFrancisco+shopping@Gmail.com ')?.google).toBe('cloudysanfrancisco@gmail.com');
    expect(emailKey('a.b@googlemail.com')?.key).toBe('ab@gmail.com');
    expect(emailKey('A.B@gmail.com')?.meta).toBe('a.b@gmail.com');
  });

  test('of another house keeps both', () => {
    expect(emailKey('user.name+NYC@Example.com')?.google).toBe('user.name+nyc@example.com');
  });

  test('with marks that nobody sees is the same', () => {
    expect(emailKey('\u200fana@x.mx\u200b')?.key).toBe('ana@x.mx');
    expect(emailKey('ａｎａ@x.mx')?.key).toBe('ana@x.mx');
  });

  test.each(['info@x.mx', 'Ventas@x.mx', 'no-reply@x.mx', 'sin.correo@x.mx', 'info+a@gmail.com'])(
    '"%s" names nobody',
    (text) => {
      expect(emailKey(text)?.isShared).toBe(true);
    },
  );

  test.each(['', 'ana', 'ana@x', '@x.mx', 'a@b@c.mx'])('"%s" is none', (text) => {
    expect(emailKey(text)).toBeNull();
  });

  test('is somebody’s otherwise', () => {
    expect(emailKey('informatica.lopez@x.mx')?.isShared).toBe(false);
  });
});

describe('a name', () => {
  test('is alike in any order, case and accent', () => {
    expect(nameKey('PÉREZ, Ana María')).toBe(nameKey('ana maria perez'));
  });

  test('of one word is anybody’s', () => {
    expect(nameKey('Ana')).toBeNull();
  });
});

describe('what is compared', () => {
  test('of an e-mail: our own key first, then as Google and Meta write it', () => {
    expect(keyForms('email', 'A.b+x@googlemail.com', null)).toEqual({
      kind: 'texts',
      texts: ['ab@gmail.com', 'ab@googlemail.com', 'a.b+x@googlemail.com'],
      isShared: false,
    });
  });

  test('of a phone: with its plus and without', () => {
    expect(keyForms('phone', '+54 9 11 2345-6789', null)).toEqual({
      kind: 'texts',
      texts: ['+541123456789', '+5491123456789', '5491123456789'],
      isShared: false,
    });
  });

  test('that a platform had hashed: its hash, in either writing', () => {
    // Of ana@x.mx.
    const hex = 'fec236b47a1c1e7d6d2988fb11f9e53f6dc31a3d72087c155c6ba82365a5d527';
    const expected = { kind: 'hashed', hash: hex };
    expect(keyForms('email', hex.toUpperCase(), null)).toEqual(expected);
    expect(keyForms('email', '/sI2tHocHn1tKYj7EfnlP23DGj1yCHwVXGuoI2Wl1Sc=', null)).toEqual(expected);
  });
});
