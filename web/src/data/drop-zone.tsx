import { useEffect, useEffectEvent, useState } from 'react';
import type { ReactNode } from 'react';
import { useWords } from './words.ts';

/** Files are dropped anywhere on the page, or chosen by keyboard and finger. */
export function DropZone({
  isLarge,
  take,
}: {
  readonly isLarge: boolean;
  readonly take: (files: readonly File[]) => void;
}): ReactNode {
  const { w } = useWords();
  const [isOver, setOver] = useState(false);
  const taken = useEffectEvent(take);
  useEffect(() => {
    const over = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(true);
    };
    const leave = (event: DragEvent): void => {
      // Between two elements of the page it is not left.
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent): void => {
      if (event.dataTransfer?.types.includes('Files') !== true) return;
      event.preventDefault();
      setOver(false);
      taken([...event.dataTransfer.files]);
    };
    window.addEventListener('dragover', over);
    window.addEventListener('dragleave', leave);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragover', over);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('drop', drop);
    };
  }, []);
  return (
    <label className={`drop${isLarge ? ' large' : ''}${isOver ? ' over' : ''}`}>
      <strong>{w(isLarge ? 'import.drop' : 'import.drop_more')}</strong>
      {isLarge && <span>{w('import.drop_what')}</span>}
      <input
        type="file"
        multiple
        className="unseen"
        onChange={(event) => {
          take([...(event.target.files ?? [])]);
          event.target.value = '';
        }}
      />
      <span className="button near" aria-hidden="true">
        {w('import.choose')}
      </span>
    </label>
  );
}
