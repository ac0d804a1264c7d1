import type { ReactNode } from 'react';
import type { AgreementForm } from '../../../src/core/agreement/form.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { writeConditions } from '../../../src/core/rule/write-conditions.ts';
import { freeId, useBuilder } from './builder-context.ts';
import { firstActivity } from './condition-rows.tsx';
import { Choice, FaultsAt, secondsOf, SpanInput } from './controls.tsx';
import { Foldable } from './foldable.tsx';
import { HolidayList, HoursRows } from './hours-rows.tsx';
import { IdField } from './id-field.tsx';
import { NameInput } from './name-input.tsx';
import { RuleEditor, useRuleInWords } from './rule-editor.tsx';

type Handoff = AgreementForm['handoffs'][number];

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
              // Days without hours are of no account where all hours count.
              ...(chosen === 'calendar' && handoff.holidays !== undefined
                ? [{ kind: 'remove', path: [...path, 'holidays'] } as const]
                : []),
            ])
          }
        />
      </div>
      {handoff.hours !== undefined && (
        <>
          <HoursRows hours={handoff.hours} path={hoursPath} />
          <HolidayList holidays={handoff.holidays ?? []} path={[...path, 'holidays']} />
        </>
      )}
      {['owner', 'from', 'within'].map((key) => (
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
      <IdField path={path} id={handoff.id} taken={form.handoffs.map(({ id }) => id)} />
    </Foldable>
  );
}
