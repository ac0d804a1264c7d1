import { useId, useMemo, useRef, useState } from 'react';
import type { KeyboardEvent, ReactNode } from 'react';
import { wordDiagnostic } from '../../../src/core/diagnostic/wording.ts';
import type { RuleEnvironment } from '../../../src/core/rule/environment.ts';
import { parseRule } from '../../../src/core/rule/rule.ts';
import { useBuilder } from './builder-context.ts';
import { completionsAt } from './completions.ts';
import type { Completion } from './completions.ts';

/** A rule as text: what may follow is offered, and what is wrong is told at once, at its place. */
export function RuleField({
  label,
  value,
  environment,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly environment: RuleEnvironment;
  readonly onChange: (rule: string) => void;
}): ReactNode {
  const builder = useBuilder();
  const { t, format, seen } = builder;
  const id = useId();
  const area = useRef<HTMLTextAreaElement>(null);
  /** Where the caret stands while something is offered; null while nothing is. */
  const [caret, setCaret] = useState<number | null>(null);
  const [chosen, setChosen] = useState(0);
  const offered = useMemo(() => {
    if (caret === null) return null;
    const scope = environment.kind === 'row' ? 'lead' : environment.kind;
    const fields = builder.fields
      .filter(({ pii }) => scope === 'lead' || pii === null)
      .map(({ name }) => ({ name, label: builder.fieldLabel(name) }));
    return completionsAt(value, caret, {
      fields,
      seen,
      scope,
      memberLabel: (member) => t(`builder.member.${member}`),
      count: (count) => format.count(count),
    });
  }, [caret, value, environment, builder, seen, t, format]);
  const items = offered?.items ?? [];
  const own = items[chosen];
  const insert = ({ text }: Completion): void => {
    if (offered === null || caret === null) return;
    // A closing quote that stands there already is not doubled.
    const rest = value.slice(caret);
    const behind = /["']$/.test(text) && rest.startsWith(text.slice(-1)) ? rest.slice(1) : rest;
    const at = offered.from + text.length;
    onChange(value.slice(0, offered.from) + text + behind);
    // What is open goes on being offered.
    setCaret(/[.("]$|, $/.test(text) && !/\w"$/.test(text) ? at : null);
    setChosen(0);
    requestAnimationFrame(() => area.current?.setSelectionRange(at, at));
  };
  const press = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      setCaret(event.currentTarget.selectionStart);
      setChosen(0);
      return;
    }
    if (items.length === 0) return;
    if (event.key === 'ArrowDown') setChosen((chosen + 1) % items.length);
    else if (event.key === 'ArrowUp') setChosen((chosen + items.length - 1) % items.length);
    else if (event.key === 'Escape') setCaret(null);
    else if ((event.key === 'Enter' || event.key === 'Tab') && own !== undefined) insert(own);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className="rule-field">
      <label htmlFor={id}>{label}</label>
      <div className="written">
        <textarea
          id={id}
          ref={area}
          value={value}
          rows={Math.min(6, Math.max(2, Math.ceil(value.length / 60)))}
          spellCheck={false}
          aria-controls={`${id}-offered`}
          aria-describedby={`${id}-help`}
          onChange={(event) => {
            onChange(event.target.value);
            setCaret(event.target.selectionStart);
            setChosen(0);
          }}
          onKeyDown={press}
          onBlur={() => setCaret(null)}
        />
        <ul
          id={`${id}-offered`}
          aria-label={t('builder.suggestions')}
          className="offered"
          hidden={items.length === 0}
        >
          {items.map((item, nth) => (
            <li key={item.text}>
              <button
                type="button"
                tabIndex={-1}
                className={nth === chosen ? 'chosen' : ''}
                // Before the field loses its caret.
                onPointerDown={(event) => {
                  event.preventDefault();
                  insert(item);
                }}
              >
                <code>{item.text}</code>
                {item.detail !== '' && <small>{item.detail}</small>}
              </button>
            </li>
          ))}
        </ul>
        <output className="unseen">
          {own === undefined
            ? ''
            : t('builder.suggestion', {
                text: `${own.text} ${own.detail}`.trim(),
                nth: chosen + 1,
                count: items.length,
              })}
        </output>
      </div>
      <small id={`${id}-help`}>{t('builder.rule_help')}</small>
      <RuleFaults source={value} environment={environment} />
    </div>
  );
}

/** What is wrong with a rule, each with the place marked. */
function RuleFaults({
  source,
  environment,
}: {
  readonly source: string;
  readonly environment: RuleEnvironment;
}): ReactNode {
  const { t } = useBuilder();
  const parsed = useMemo(() => parseRule(source, environment), [source, environment]);
  if (parsed.ok) return null;
  const lines = source.split('\n');
  return (
    <ul className="at-place" role="alert">
      {parsed.faults.map((fault) => {
        const { message, hint } = wordDiagnostic(fault, t);
        const { line = 1, column = 1 } = fault.at ?? {};
        const own = lines[line - 1] ?? '';
        const marked = /^(?:\w+|.)/u.exec(own.slice(column - 1))?.[0] ?? ' ';
        return (
          <li key={`${line} ${column} ${message}`}>
            {message}
            {hint !== null && <small>{hint}</small>}
            <code>
              {own.slice(0, column - 1)}
              <mark>{marked}</mark>
              {own.slice(column - 1 + marked.length)}
            </code>
          </li>
        );
      })}
    </ul>
  );
}
