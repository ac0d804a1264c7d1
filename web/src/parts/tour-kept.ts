const KEY = 'tregua.tour';

/** Whether this reader has been shown around. */
export function isTourSeen(): boolean {
  return localStorage.getItem(KEY) !== null;
}

export function keepTourSeen(): void {
  localStorage.setItem(KEY, 'seen');
}

/** Asks for the tour from the start, wherever one is. */
export function forgetTour(): void {
  localStorage.removeItem(KEY);
  window.dispatchEvent(new Event(KEY));
}

/** @returns how to stop */
export function onTourAsked(told: () => void): () => void {
  window.addEventListener(KEY, told);
  return () => window.removeEventListener(KEY, told);
}
