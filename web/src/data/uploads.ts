import { Refused } from '../post.ts';

export interface Upload {
  readonly id: string;
  readonly name: string;
  readonly bytes: number;
}

/** Sends a file as it is; tells how many of its bytes are on their way. */
export function upload(file: File, language: string, onProgress: (sent: number) => void): Promise<Upload> {
  return new Promise((resolve, reject) => {
    // `fetch` does not tell how far a sending is.
    const request = new XMLHttpRequest();
    const query = new URLSearchParams({ name: file.name, lang: language });
    request.open('POST', `/v1/import/files?${query.toString()}`);
    request.responseType = 'json';
    request.upload.addEventListener('progress', ({ loaded }) => onProgress(loaded));
    const fail = (message: string): void => reject(new Refused([{ message, hint: null, at: null }]));
    request.addEventListener('error', () => fail(''));
    request.addEventListener('load', () => {
      const answer: unknown = request.response;
      if (request.status === 200) resolve(uploadIn(answer));
      else {
        const message: unknown =
          typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'message') : null;
        fail(typeof message === 'string' ? message : request.statusText);
      }
    });
    request.send(file);
  });
}

function uploadIn(answer: unknown): Upload {
  const told: Partial<Upload> = typeof answer === 'object' && answer !== null ? answer : {};
  return { id: told.id ?? '', name: told.name ?? '', bytes: told.bytes ?? 0 };
}
