import type { ReactNode } from 'react';
import { useBuilder } from './builder-context.ts';
import { Choice, FaultsAt, Input, removal } from './controls.tsx';
import type { Option } from './controls.tsx';

/** The currencies by name, as `Peso mexicano (MXN)`. */
export function currencyOptions(language: string): readonly Option[] {
  const names = new Intl.DisplayNames(language, { type: 'currency' });
  return Intl.supportedValuesOf('currency')
    .map((code) => {
      const name = names.of(code) ?? code;
      return {
        value: code,
        label: `${name.charAt(0).toLocaleUpperCase(language)}${name.slice(1)} (${code})`,
      };
    })
    .toSorted((one, other) => one.label.localeCompare(other.label, language));
}

const PATH = ['rates'] as const;
const RATE = /^(?:0|[1-9]\d{0,11})(?:\.\d{1,9})?$/;

/** What other currencies are worth, each from a day on. */
export function RateRows({ currencies }: { readonly currencies: readonly Option[] }): ReactNode {
  const { t, form, edit, date } = useBuilder();
  const rates = Object.entries(form.rates);
  const unused = currencies.filter(
    ({ value }) => value !== form.currency && !rates.some(([currency]) => currency === value),
  );
  const nameOf = (code: string): string => currencies.find(({ value }) => value === code)?.label ?? code;
  return (
    <>
      <h4>{t('builder.rates')}</h4>
      <p className="explains">{t('builder.rates_explained', { currency: nameOf(form.currency) })}</p>
      {rates.map(([currency, days]) => (
        <fieldset key={currency} className="rates">
          <legend>{nameOf(currency)}</legend>
          {Object.entries(days).map(([day, rate], nth, all) => (
            <div key={nth} className="fields">
              <Input
                label={t('builder.rate_from')}
                type="date"
                value={day}
                problem={(next) =>
                  next === ''
                    ? t('builder.wrong.day')
                    : next !== day && days[next] !== undefined
                      ? t('builder.wrong.taken')
                      : null
                }
                onChange={(next) => edit([{ kind: 'rename', path: [...PATH, currency, day], name: next }])}
              />
              <Input
                label={t('builder.rate', { currency: form.currency, other: currency })}
                value={String(rate)}
                decimal
                width="short"
                problem={(typed) => {
                  const text = typed.trim().replace(',', '.');
                  return RATE.test(text) && Number(text) > 0 ? null : t('builder.wrong.number');
                }}
                onChange={(typed) =>
                  edit(
                    [
                      {
                        kind: 'set',
                        path: [...PATH, currency, day],
                        value: Number(typed.trim().replace(',', '.')),
                      },
                    ],
                    [...PATH, currency, day].join('.'),
                  )
                }
              />
              <button
                type="button"
                className="quiet"
                aria-label={t('builder.remove_of', { name: `${currency} ${date(day)}` })}
                onClick={() =>
                  edit([
                    all.length === 1
                      ? removal(PATH, currency, rates.length)
                      : removal([...PATH, currency], day, all.length),
                  ])
                }
              >
                {t('builder.remove')}
              </button>
            </div>
          ))}
          <button
            type="button"
            className="quiet"
            onClick={() => {
              const last = Object.keys(days).toSorted().at(-1) ?? '2026-01-01';
              edit([{ kind: 'set', path: [...PATH, currency, dayAfter(last)], value: days[last] ?? 1 }]);
            }}
          >
            {t('builder.add_rate')}
          </button>
        </fieldset>
      ))}
      <FaultsAt path={PATH} isDeep />
      <Choice
        label={t('builder.add_currency')}
        value=""
        options={[{ value: '', label: t('builder.choose') }, ...unused]}
        onChange={(currency) =>
          currency !== '' &&
          edit([{ kind: 'set', path: [...PATH, currency, `${new Date().getFullYear()}-01-01`], value: 1 }])
        }
      />
    </>
  );
}

function dayAfter(day: string): string {
  const next = new Date(`${day}T00:00:00Z`);
  next.setUTCDate(next.getUTCDate() + 1);
  return next.toISOString().slice(0, 10);
}
