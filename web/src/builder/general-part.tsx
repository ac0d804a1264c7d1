import { useMemo } from 'react';
import type { ReactNode } from 'react';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { Choice, FaultsAt, Input } from './controls.tsx';
import { AddNamed } from './field-cards.tsx';
import { Foldable } from './foldable.tsx';
import { IdentityChoice } from './identity-choice.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { currencyOptions, RateRows } from './rate-rows.tsx';

const OF_CURRENCY = 'of_currency';

/** What holds for all of the agreement: its name, clock, money and areas, and who is who. */
export function GeneralPart(): ReactNode {
  const { t, form, language, edit } = useBuilder();
  const zones = useMemo(
    () =>
      Intl.supportedValuesOf('timeZone').map((zone) => ({
        value: zone,
        label: zone.replaceAll('_', ' ').replaceAll('/', ' / '),
      })),
    [],
  );
  const currencies = useMemo(() => currencyOptions(language), [language]);
  const countries = useMemo(() => countryOptions(language), [language]);
  const set = (key: string, value: string): void => edit([{ kind: 'set', path: [key], value }], key);
  return (
    <section aria-labelledby="builder-general">
      <h3 id="builder-general">{t('builder.general')}</h3>
      <div className="fields">
        <Input
          label={t('builder.agreement_name')}
          value={form.name}
          problem={(name) => (name.trim() === '' ? t('builder.wrong.name') : null)}
          onChange={(name) => set('name', name)}
        />
        <Choice
          label={t('builder.timezone')}
          value={form.timezone}
          options={zones}
          onChange={(value) => set('timezone', value)}
        />
        <Choice
          label={t('builder.currency')}
          value={form.currency}
          options={currencies}
          onChange={(value) => set('currency', value)}
        />
        <Choice
          label={t('builder.country')}
          value={form.country ?? OF_CURRENCY}
          options={[{ value: OF_CURRENCY, label: t('builder.country.of_currency') }, ...countries]}
          onChange={(value) =>
            value === OF_CURRENCY ? edit([{ kind: 'remove', path: ['country'] }]) : set('country', value)
          }
        />
        <Choice
          label={t('builder.week_starts')}
          value={form.week_starts}
          options={[
            { value: 'monday', label: t('builder.day.mon') },
            { value: 'sunday', label: t('builder.day.sun') },
          ]}
          onChange={(value) => set('week_starts', value)}
        />
      </div>
      {['name', 'timezone', 'currency', 'country', 'week_starts'].map((key) => (
        <FaultsAt key={key} path={[key]} />
      ))}
      <RateRows currencies={currencies} />
      <Areas />
      <IdentityChoice />
    </section>
  );
}

/** The two letters of each country, by name. */
function countryOptions(language: string): readonly { readonly value: string; readonly label: string }[] {
  const names = new Intl.DisplayNames(language, { type: 'region', fallback: 'none' });
  const letters = Array.from({ length: 26 }, (_, nth) => String.fromCodePoint(65 + nth));
  return letters
    .flatMap((first) => letters.map((second) => first + second))
    .filter((code) => !NO_COUNTRIES.has(code) && new Intl.Locale('und', { region: code }).region === code)
    .flatMap((code) => {
      const name = names.of(code);
      return name === undefined ? [] : [{ value: code, label: name }];
    })
    .toSorted((one, other) => one.label.localeCompare(other.label, language));
}

/** Regions that have a name and no telephones of their own. */
const NO_COUNTRIES: ReadonlySet<string> = new Set(
  'AQ BV CP CQ DG EA EU EZ GS HM IC PN QO TF UM UN XA XB ZZ'.split(' '),
);

/** The sides that the agreement is between. */
function Areas(): ReactNode {
  const { t, form, language, hue, editAs } = useBuilder();
  const ids = Object.keys(form.areas);
  const owned = (area: string): number =>
    [...form.funnel, ...form.targets, ...form.handoffs].filter(({ owner }) => owner === area).length;
  return (
    <>
      <h4>{t('builder.areas')}</h4>
      <ul className="stage-cards">
        {Object.entries(form.areas).map(([id, area], place) => (
          <Foldable
            key={id}
            level={5}
            list={['areas']}
            at={id}
            place={place}
            count={ids.length}
            id={id}
            name={labelIn(id, area.label ?? {}, language)}
            says={t('builder.answers_for', { count: owned(id) })}
            className={`stage-card ${hue(id)}`}
            tools={{ isFixed: owned(id) > 0 || ids.length === 1 }}
          >
            <div className="fields">
              <NameInput path={['areas', id]} of={{ id, ...area }} />
            </div>
            <FaultsAt path={['areas', id]} isDeep />
            <IdField path={['areas', id]} id={id} taken={ids} what="area" />
          </Foldable>
        ))}
      </ul>
      <AddNamed
        label={t('builder.new_area')}
        button={t('builder.add_area')}
        onAdd={(label) => {
          const id = freeId(label, ids);
          editAs(id, [{ kind: 'set', path: ['areas', id], value: { label: { [language]: label } } }]);
        }}
      />
    </>
  );
}
