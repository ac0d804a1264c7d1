import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { firstActivity } from './condition-rows.tsx';
import { Choice, FaultsAt, Input, secondsOf, SpanInput } from './controls.tsx';
import { NameInput } from './criterion-card.tsx';
import { Foldable } from './foldable.tsx';
import { RuleEditor, useRuleInWords } from './rule-editor.tsx';

type Handoff = AgreementForm['handoffs'][number];

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const USUAL = { 'mon-fri': '09:00-18:00' };

/** How fast one area takes over from the other. */
export function HandoffCards(): ReactNode {
  const builder = useBuilder();
  const { form, t, language, stages, edit, areas } = builder;
  const add = (): void => {
    const value = {
      id: freeId(
        t('builder.new_handoff'),
        form.handoffs.map(({ id }) => id),
      ),
      label: { [language]: t('builder.new_handoff') },
      from: stages.find(({ isReached }) => isReached)?.id ?? '',
      to: writeConditions({ join: 'all', rows: [firstActivity(builder)] }),
      owner: areas.at(-1)?.id ?? '',
      within: '1h',
    };
    edit([{ kind: 'insert', path: ['handoffs'], at: form.handoffs.length, value }]);
  };
  return (
    <section aria-labelledby="builder-handoffs">
      <h3 id="builder-handoffs">{t('builder.handoffs')}</h3>
      <ul className="stage-cards">
        {form.handoffs.map((handoff, at) => (
          <HandoffCard key={handoff.id} handoff={handoff} at={at} />
        ))}
      </ul>
      <p className="actions">
        <button type="button" onClick={add}>
          {t('builder.add_handoff')}
        </button>
      </p>
    </section>
  );
}

function HandoffCard({ handoff, at }: { readonly handoff: Handoff; readonly at: number }): ReactNode {
  const { form, t, format, language, hue, areas, edit, stages } = useBuilder();
  const path = ['handoffs', at] as const;
  const name = labelIn(handoff.id, handoff.label ?? {}, language);
  const hoursPath = [...path, 'hours'];
  return (
    <Foldable
      level={4}
      list={['handoffs']}
      at={at}
      count={form.handoffs.length}
      id={handoff.id}
      name={name}
      says={[
        areas.find(({ id }) => id === handoff.owner)?.label ?? handoff.owner,
        t('builder.handoff_says', {
          stage: stages.find(({ id }) => id === handoff.from)?.label ?? handoff.from,
          span: format.span(secondsOf(handoff.within)),
          clock: t(`builder.clock.${handoff.hours === undefined ? 'calendar' : 'working'}`),
        }),
        useRuleInWords(handoff.to, 'lead'),
      ].join(' · ')}
      className={`stage-card ${hue(handoff.owner)}`}
    >
      <div className="fields">
        <NameInput path={path} of={handoff} />
        <Choice
          label={t('builder.owner')}
          value={handoff.owner}
          options={areas.map(({ id, label }) => ({ value: id, label }))}
          onChange={(value) => edit([{ kind: 'set', path: [...path, 'owner'], value }])}
        />
        <Choice
          label={t('builder.handed_from')}
          value={handoff.from}
          options={stages.filter(({ isReached }) => isReached).map(({ id, label }) => ({ value: id, label }))}
          onChange={(value) => edit([{ kind: 'set', path: [...path, 'from'], value }])}
        />
        <SpanInput
          label={t('builder.promise')}
          value={handoff.within}
          units={['m', 'h', 'd']}
          onChange={(value) => edit([{ kind: 'set', path: [...path, 'within'], value }], `${at}.promise`)}
        />
        <Choice
          label={t('builder.clock')}
          value={handoff.hours === undefined ? 'calendar' : 'working'}
          options={(['calendar', 'working'] as const).map((each) => ({
            value: each,
            label: t(`builder.clock.${each}`),
          }))}
          onChange={(chosen) =>
            edit([
              chosen === 'working'
                ? { kind: 'set', path: hoursPath, value: USUAL }
                : { kind: 'remove', path: hoursPath },
            ])
          }
        />
      </div>
      {handoff.hours !== undefined && (
        <HoursRows
          hours={handoff.hours}
          onChange={(value) => edit([{ kind: 'set', path: hoursPath, value }], hoursPath.join('.'))}
        />
      )}
      {['id', 'owner', 'from', 'within', 'hours'].map((key) => (
        <FaultsAt key={key} path={[...path, key]} />
      ))}
      <p className="explains">{t('builder.done_when')}</p>
      <RuleEditor
        rule={handoff.to}
        scope="lead"
        onChange={(rule) =>
          edit([{ kind: 'set', path: [...path, 'to'], value: rule }], [...path, 'to'].join('.'))
        }
      />
    </Foldable>
  );
}

type Hours = Readonly<Record<string, string>>;

/** Working hours: spans of days, each with when they open and close. */
function HoursRows({
  hours,
  onChange,
}: {
  readonly hours: Hours;
  readonly onChange: (hours: Hours) => void;
}): ReactNode {
  const { t } = useBuilder();
  const rows = Object.entries(hours);
  const days = DAYS.map((day) => ({ value: day, label: t(`builder.day.${day}`) }));
  const replace = (at: number, row: readonly [string, string]): void =>
    onChange(Object.fromEntries(rows.map((each, nth) => (nth === at ? row : each))));
  const free = DAYS.find((day) => !rows.some(([span]) => span.includes(day)));
  return (
    <div className="hours">
      {rows.map(([span, times], at) => {
        const [first = '', last = first] = span.split('-');
        const [opens = '', closes = ''] = times.split('-');
        const spanOf = (from: string, to: string): string => (from === to ? from : `${from}-${to}`);
        return (
          <div key={span} className="fields">
            <Choice
              label={t('builder.first_day')}
              value={first}
              options={days}
              onChange={(day) => replace(at, [spanOf(day, last), times])}
            />
            <Choice
              label={t('builder.last_day')}
              value={last}
              options={days}
              onChange={(day) => replace(at, [spanOf(first, day), times])}
            />
            <Input
              label={t('builder.opens')}
              type="time"
              value={opens}
              onChange={(time) => time !== '' && replace(at, [span, `${time}-${closes}`])}
            />
            <Input
              label={t('builder.closes')}
              type="time"
              value={closes === '24:00' ? '' : closes}
              onChange={(time) => time !== '' && replace(at, [span, `${opens}-${time}`])}
            />
            {rows.length > 1 && (
              <button
                type="button"
                className="quiet"
                onClick={() => onChange(Object.fromEntries(rows.filter((_, nth) => nth !== at)))}
              >
                {t('builder.remove_hours')}
              </button>
            )}
          </div>
        );
      })}
      {free !== undefined && (
        <button type="button" className="quiet" onClick={() => onChange({ ...hours, [free]: '10:00-14:00' })}>
          {t('builder.add_hours')}
        </button>
      )}
    </div>
  );
}
