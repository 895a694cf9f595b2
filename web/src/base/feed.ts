/** A value that changes, and those who want to know. */
export class Feed<T> {
  private current: T;
  private readonly listeners = new Set<(value: T) => void>();
  /** When the value was last set [ms of performance.now()]; -Infinity before the first time. */
  setAt = Number.NEGATIVE_INFINITY;

  constructor(first: T) {
    this.current = first;
  }

  get value(): T {
    return this.current;
  }

  set(value: T): void {
    this.current = value;
    this.setAt = performance.now();
    for (const listener of [...this.listeners]) listener(value);
  }

  /** Calls `listener` on every change until the returned function is called. */
  listen(listener: (value: T) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
