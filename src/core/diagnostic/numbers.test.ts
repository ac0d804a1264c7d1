import { expect, test } from 'vitest';
import { numberFormat } from './numbers.ts';

const es = numberFormat('es', 'MXN', 'America/Mexico_City');
const en = numberFormat('en', 'MXN', 'America/Mexico_City');
/** Spaces that do not break are spaces here. */
const plain = (text: string): string => text.replaceAll(/\s/g, ' ');

test.each([
  [45, '45 s', '45 s'],
  [3300, '55 min', '55 min'],
  [6 * 3600, '6 h', '6 h'],
  [9.25 * 3600, '9,3 h', '9.3 h'],
  [14.4 * 3600, '14 h', '14 h'],
  [-2.5 * 86_400, '−2,5 días', '−2.5 days'],
  [6 * 86_400, '6 días', '6 days'],
  [330.8 * 86_400, '331 días', '331 days'],
])('%d seconds, to what they bear', (seconds, spanish, english) => {
  expect(es.duration(seconds)).toBe(spanish);
  expect(en.duration(seconds)).toBe(english);
});

test('what somebody agreed on is written as they wrote it', () => {
  expect(plain(es.agreed(0.6, 'percent'))).toBe('60 %');
  expect(en.agreed(0.625, 'percent')).toBe('62.5%');
  expect(plain(es.agreed(380, 'money'))).toBe('380 MXN');
  expect(plain(es.agreed(380.5, 'money'))).toBe('380,50 MXN');
  expect(en.agreed(11_500_000, 'money')).toBe('MX$11,500,000');
  expect(es.agreed(20, 'times')).toBe('20');
  expect(es.agreed(null, 'money')).toBe('–');
});

test('an interval of money says its unit once', () => {
  expect(plain(es.moneyInterval(7_266_909, 10_195_563))).toBe('7.266.909–10.195.563 MXN');
  expect(en.moneyInterval(7_266_909, 10_195_563)).toBe('MX$7,266,909–10,195,563');
  expect(plain(es.moneyInterval(-5, 12.5))).toBe('−5,00–12,50 MXN');
  expect(plain(es.moneyInterval(-2500.4, 12.5))).toBe('−2.500–13 MXN');
});
