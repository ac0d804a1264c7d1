import '../content-policy.ts';
import { useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import type { Field } from '../../../src/core/agreement/agreement.ts';
import { pathAt, readForm } from '../../../src/core/agreement/form.ts';
import { editTextBy } from '../../../src/core/agreement/text-edit.ts';
import type { TextEdit } from '../../../src/core/agreement/text-edit.ts';
import { labelIn } from '../../../src/core/agreement/view.ts';
import { translator } from '../../../src/core/diagnostic/wording.ts';
import { builderEn } from '../../../locales/en/builder.ts';
import { ruleEn } from '../../../locales/en/rule.ts';
import { builderEs } from '../../../locales/es/builder.ts';
import { ruleEs } from '../../../locales/es/rule.ts';
import { useAnswer } from '../api.ts';
import { useReading } from '../language.tsx';
import type { View } from '../parts/use-view.ts';
import type { Told } from '../post.ts';
import { BuilderContext, useBuilder } from './builder-context.ts';
import type { Builder } from './builder-context.ts';
import { DimensionCards } from './dimension-cards.tsx';
import { FieldCards } from './field-cards.tsx';
import { GeneralPart } from './general-part.tsx';
import { HandoffCards } from './handoff-cards.tsx';
import { LostCards } from './lost-cards.tsx';
import { StageCards } from './stage-cards.tsx';
import { TargetCards } from './target-cards.tsx';

const WORDS = { es: translator('es', ruleEs, builderEs), en: translator('en', ruleEn, builderEn) };

interface FormProps {
  readonly text: string;
  /** What the server found wrong with the text; of an older one while it is asked. */
  readonly faults: readonly Told[];
  readonly view: View;
  readonly onEdit: (text: string, key?: string) => void;
}

/** The agreement as a form over its text: each entry is an edit of the text, and nothing else is kept. */
export function AgreementForm({ text, faults, view, onEdit }: FormProps): ReactNode {
  const { language } = useReading();
  const t = WORDS[language];
  const form = useMemo(() => readForm(text), [text]);
  const [fresh, setFresh] = useState<string | null>(null);
  const { data: seen } = useAnswer('agreement/values');
  const placed = useMemo(
    () =>
      faults.map((fault) => ({
        fault,
        path: fault.at === null ? '' : pathAt(text, fault.at.line, fault.at.column).join('.'),
      })),
    [faults, text],
  );
  const builder = useMemo((): Builder | null => {
    if (form === null) return null;
    const fields = Object.entries(form.fields).map(([name, field]): Field => ({
      name,
      type: field.type,
      pii: field.pii ?? null,
      label: field.label ?? {},
      missing: field.missing ?? [],
    }));
    const areas = Object.entries(form.areas).map(([id, area]) => ({
      id,
      label: labelIn(id, area.label ?? {}, language),
    }));
    const locale = language === 'es' ? 'es-ES' : 'en-US';
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
    const date = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' });
    return {
      form,
      language,
      t,
      format: view.format,
      timezone: form.timezone,
      number: (value) => number.format(value),
      date: (day) => {
        const midnight = Date.parse(`${day}T00:00:00Z`);
        return Number.isNaN(midnight) ? day : date.format(midnight);
      },
      areas,
      stages: form.funnel.map(({ id, label, from }) => ({
        id,
        label: labelIn(id, label ?? {}, language),
        isReached: from === undefined,
      })),
      fields,
      seen,
      hue: (area) => (areas[0]?.id === area ? 'marketing' : 'sales'),
      fieldLabel: (name) => labelIn(name, fields.find((each) => each.name === name)?.label ?? {}, language),
      faultsAt: (path, isDeep = false) => {
        const own = path.join('.');
        return placed
          .filter((each) => each.path === own || (isDeep && each.path.startsWith(`${own}.`)))
          .map(({ fault }) => fault);
      },
      faultsUnder: (path) => {
        const own = path.join('.');
        return placed.some((each) => each.path === own || each.path.startsWith(`${own}.`));
      },
      fresh,
      edit: (edits: readonly TextEdit[], key?: string) => {
        const [first] = edits;
        if (first?.kind === 'insert') setFresh(idOf(first.value));
        onEdit(editTextBy(text, edits), key);
      },
      editAs: (id: string, edits: readonly TextEdit[]) => {
        setFresh(id);
        onEdit(editTextBy(text, edits));
      },
    };
  }, [form, language, t, view, seen, placed, text, fresh, onEdit]);
  if (builder === null) return <p role="alert">{t('builder.no_form')}</p>;
  return (
    <BuilderContext value={builder}>
      <div className="builder">
        <FormParts />
        <StageCards />
        <LostCards />
        <TargetCards />
        <HandoffCards />
        <FieldCards />
        <DimensionCards />
        <GeneralPart />
      </div>
    </BuilderContext>
  );
}

const PARTS = ['stages', 'lost', 'targets', 'handoffs', 'fields', 'dimensions', 'general'] as const;

/** The way to each part of a long form. */
function FormParts(): ReactNode {
  const { t } = useBuilder();
  return (
    <nav className="actions" aria-label={t('builder.parts')}>
      {PARTS.map((part) => (
        <button
          key={part}
          type="button"
          className="quiet"
          onClick={() => document.getElementById(`builder-${part}`)?.scrollIntoView()}
        >
          {t(`builder.${part}`)}
        </button>
      ))}
    </nav>
  );
}

function idOf(value: unknown): string | null {
  const id: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, 'id') : null;
  return typeof id === 'string' ? id : null;
}
