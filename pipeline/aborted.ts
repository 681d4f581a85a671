import { Observable } from 'rxjs';

/** Gives nothing and fails with the signal's reason once it is aborted; leaves no listener when it is unsubscribed. */
export function aborted(signal: AbortSignal): Observable<never> {
  return new Observable((subscriber) => {
    const stop = (): void => subscriber.error(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    return () => signal.removeEventListener('abort', stop);
  });
}
