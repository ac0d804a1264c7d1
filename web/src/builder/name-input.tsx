import type { ReactNode } from 'react';
import { labelIn } from '../../../src/core/agreement/view.ts';
import type { Path } from '../../../src/core/agreement/text-edit.ts';
import type { Language } from '../../../src/core/diagnostic/wording.ts';
import { useBuilder } from './builder-context.ts';
import { Input } from './controls.tsx';

interface OfName {
  readonly path: Path;
  readonly of: {
    readonly id: string;
    readonly label?: Readonly<Partial<Record<Language, string>>>;
  };
  /** By what it is called while nobody names it. */
  readonly otherwise?: Readonly<Partial<Record<Language, string>>> | undefined;
}

/** The name by which people know something: in the reader's language first, then in the other one. */
export function NameInput({ path, of, otherwise }: OfName): ReactNode {
  const { t, language } = useBuilder();
  const other = language === 'es' ? 'en' : 'es';
  return (
    <>
      <LabelInput path={path} of={of} otherwise={otherwise} language={language} label={t('builder.name')} />
      <LabelInput
        path={path}
        of={of}
        otherwise={otherwise}
        language={other}
        label={t(`builder.name_in.${other}`)}
      />
    </>
  );
}

function LabelInput({
  path,
  of,
  otherwise = {},
  language,
  label,
}: OfName & { readonly language: Language; readonly label: string }): ReactNode {
  const { edit } = useBuilder();
  const own = of.label?.[language];
  return (
    <Input
      label={label}
      value={own ?? ''}
      placeholder={labelIn(of.id, of.label ?? otherwise, language)}
      onChange={(name) => {
        const at = [...path, 'label', language];
        const isLast = Object.keys(of.label ?? {}).every((each) => each === language);
        if (name !== '') edit([{ kind: 'set', path: at, value: name }], at.join('.'));
        else if (own !== undefined)
          edit([{ kind: 'remove', path: isLast ? [...path, 'label'] : at }], at.join('.'));
      }}
    />
  );
}
